"""A grant as PostgreSQL holds it, and what can be wrong with one."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from northbound.sharing.visibility import EVERYONE
from runtime.errors import BadRequest, Conflict, NotFound


class RbacPolicy(Struct, frozen=True, kw_only=True):
    """`target_project` may do `action` to the object; `*` is every project."""

    id: str
    project_id: str
    object_type: str
    object_id: str
    action: str
    target_project: str
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


def target_of_rules(policy: RbacPolicy) -> dict[str, Any]:
    return {"project_id": policy.project_id, "for_everyone": policy.target_project == EVERYONE}


class RbacPolicyNotFound(NotFound):
    def __init__(self, policy_id: str) -> None:
        super().__init__(f"RBAC policy with ID {policy_id} not found.")


class DuplicateRbacPolicy(Conflict):
    def __init__(self) -> None:
        super().__init__("An RBAC policy already exists with those values.")


class RbacPolicyInUse(Conflict):
    def __init__(self, policy: RbacPolicy) -> None:
        super().__init__(
            f"RBAC policy on object {policy.object_id} cannot be removed because other objects depend on it:"
            f" {policy.target_project} uses it by this policy alone (target_tenant)."
        )


class NotGrantable(BadRequest):
    kind = "InvalidInput"

    def __init__(self, policy: RbacPolicy) -> None:
        super().__init__(
            f"Invalid input for operation: {policy.object_type} {policy.object_id} is of an address scope that"
            f" {policy.target_project} has no access to (target_tenant)."
        )


class NotTheOwner(BadRequest):
    kind = "InvalidInput"

    def __init__(self, policy: RbacPolicy) -> None:
        super().__init__(
            f"Invalid input for operation: only administrators can share a {policy.object_type} that they do not own"
            " (object_id)."
        )


class UnknownGrant(BadRequest):
    kind = "InvalidInput"

    def __init__(self, attribute: str, said: str, possible: list[str]) -> None:
        super().__init__(f"Invalid input for {attribute}: '{said[:64]}' is not one of {', '.join(possible)}.")
