"""How long to wait before trying again."""

import random
from collections.abc import Iterator


def pauses(first_s: float, longest_s: float) -> Iterator[float]:
    """Endless pauses in seconds: doubling from `first_s` to `longest_s`, each shortened at random by up to a half.

    The randomness keeps a thousand agents from coming back in the same instant.
    """
    pause_s = first_s
    while True:
        yield pause_s * random.uniform(0.5, 1.0)
        pause_s = min(pause_s * 2, longest_s)
