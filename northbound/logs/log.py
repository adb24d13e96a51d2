"""A log as PostgreSQL holds it, and what can be wrong with one."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from runtime.errors import BadRequest, NotFound

SECURITY_GROUP = "security_group"
Event = Literal["ACCEPT", "DROP", "ALL"]


class Log(Struct, frozen=True, kw_only=True):
    """Of one security group, or of every one of its project (`resource_id` None)."""

    id: str
    project_id: str
    name: str
    description: str = ""
    enabled: bool = True
    event: Event = "ALL"
    resource_type: str = SECURITY_GROUP
    resource_id: str | None = None
    target_id: str | None = None
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class LogResourceNotFound(NotFound):
    def __init__(self, log_id: str) -> None:
        super().__init__(f"Log {log_id} could not be found.")


class ResourceNotFound(NotFound):
    def __init__(self, resource_id: str) -> None:
        super().__init__(f"Resource {resource_id} could not be found (resource_id).")


class TargetNotLoggable(BadRequest):
    def __init__(self) -> None:
        super().__init__(
            "Invalid input for target_id: OVN logs rules, not ports: put the port into a security group of its own, and"
            " log that (resource_id)."
        )
