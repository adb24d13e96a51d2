"""What a slice says of a kind of resource that can be shared; `northbound.rbac_policies.kinds` lists them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from runtime.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Shareable:
    """`kind` is the object type on the wire; rows of `table` have `id`, `project_id` and `revision_number`.

    `users` has for each action that can be granted the SQL of the projects that use an object ($1) by such a grant: a
    statement with one column, `project_id`. `owner_kind`: who is planned again when a grant comes or goes. `everybodys` has
    for an action the SQL of whether an object ($1) must stay granted to every project, `grantable` the SQL of whether it
    may be granted to a project ($2, or `*`); what that reads, `held` locks before.

    Whoever uses an object of others first holds its row FOR KEY SHARE, then reads whether it is granted: a grant is
    withdrawn under FOR UPDATE, and only while nobody needs it.
    """

    kind: str
    table: str
    missing: Callable[[str], NotFound]
    users: Mapping[str, str]
    owner_kind: str | None = None
    everybodys: Mapping[str, str] = field(default_factory=dict)
    grantable: str | None = None
    held: str | None = None
