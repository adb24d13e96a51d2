"""How limits of domains and of their projects are held together.

flat: each stands alone. strict_two_level: projects stand directly below their domain, and none has a limit above that
of its domain, which is the registered one while the domain has none.
"""

from typing import Literal

Model = Literal["flat", "strict_two_level"]
DESCRIPTIONS: dict[Model, str] = {
    "flat": "Limit enforcement and validation does not take project hierarchy into consideration.",
    "strict_two_level": "This model requires project hierarchy never exceeds a depth of two",
}
