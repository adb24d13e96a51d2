"""A security group as PostgreSQL holds it, and what can be wrong with one."""

from datetime import datetime

from msgspec import Struct

from northbound.security_group_rules.rule import Rule
from runtime.errors import Conflict, NotFound

DEFAULT_NAME = "default"


class Group(Struct, frozen=True, kw_only=True):
    """`rules` are in order of creation. `shared`: with whoever looks.

    What only the plan reads: `pairs` are the allowed address pairs of the members, `drop_log` is the id of the log of
    what it drops.
    """

    id: str
    project_id: str
    name: str
    description: str = ""
    stateful: bool = True
    is_default: bool = False
    shared: bool = False
    rules: list[Rule] = []
    pairs: list[str] = []
    drop_log: str | None = None
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class SecurityGroupNotFound(NotFound):
    def __init__(self, group_id: str) -> None:
        super().__init__(f"Security group {group_id} does not exist.")


class SecurityGroupInUse(Conflict):
    def __init__(self, group_id: str, reason: str = "in use") -> None:
        super().__init__(f"Security Group {group_id} {reason}.")


class SecurityGroupConflict(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Error using security groups: stateful and stateless ones cannot be on one port (security_groups)."
        )


class SecurityGroupDefaultAlreadyExists(Conflict):
    def __init__(self) -> None:
        super().__init__("Default security group already exists.")


class SecurityGroupCannotRemoveDefault(Conflict):
    def __init__(self) -> None:
        super().__init__("Insufficient rights for removing default security group.")


class SecurityGroupCannotUpdateDefault(Conflict):
    def __init__(self) -> None:
        super().__init__("Updating default security group not allowed.")
