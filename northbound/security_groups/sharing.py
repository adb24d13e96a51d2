"""How security groups are shared: others' ports may be in a shared one, and others' rules may name it as remote end."""

from northbound.security_groups.group import SecurityGroupNotFound
from northbound.sharing.shareable import Shareable
from northbound.sharing.visibility import SHARED, granted, is_shared, visible

KIND = "security_group"

VISIBLE = visible(KIND, "g")
"""Of the group `g`, with the project as its one parameter."""


def shared_to(place: str | None) -> str:
    """Whether the group is shared with the project at `place`, such as `$1`; None: with everyone."""
    return is_shared(KIND, "g") if place is None else granted(KIND, "g").format(place)


SECURITY_GROUP = Shareable(
    kind=KIND,
    table="northbound.security_groups",
    missing=SecurityGroupNotFound,
    users={
        SHARED: (
            "SELECT p.project_id FROM northbound.port_security_groups m JOIN northbound.ports p ON p.id = m.port_id"
            " WHERE m.security_group_id = $1"
            " UNION ALL SELECT r.project_id FROM northbound.security_group_rules r WHERE r.remote_group_id = $1"
        ),
    },
    owner_kind=KIND,
)
