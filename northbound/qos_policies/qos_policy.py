"""A QoS policy as PostgreSQL holds it, and what can be wrong with one."""

from datetime import datetime

from msgspec import Struct

from northbound.qos_rules.qos_rule import QosRule
from runtime.errors import Conflict, Forbidden, NotFound


class QosPolicy(Struct, frozen=True, kw_only=True):
    """`rules` are in order of creation. `is_default`: new networks of its project follow it. `shared`: with everyone."""

    id: str
    project_id: str
    name: str
    description: str = ""
    is_default: bool = False
    shared: bool = False
    rules: list[QosRule] = []
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class QosPolicyNotFound(NotFound):
    def __init__(self, policy_id: str) -> None:
        super().__init__(f"QoS policy {policy_id} could not be found.")


class QosPolicyInUse(Conflict):
    def __init__(self, policy_id: str, user: str) -> None:
        super().__init__(f"QoS Policy {policy_id} is used by a {user}.")


class QoSPolicyDefaultAlreadyExists(Conflict):
    def __init__(self, project_id: str) -> None:
        super().__init__(f"A default QoS policy exists for project {project_id} (is_default).")


class QosPolicySharingInUse(Conflict):
    kind = "QosPolicyInUse"

    def __init__(self, policy_id: str) -> None:
        super().__init__(f"QoS Policy {policy_id} is used by resources of other projects (shared).")


class PolicyRemoveAuthorizationError(Forbidden):
    def __init__(self, policy_id: str) -> None:
        super().__init__(
            f"Failed to remove provided policy {policy_id} because you are not authorized (qos_policy_id)."
        )
