"""A rule of a QoS policy, and what can be wrong with one."""

from typing import Literal

from msgspec import Struct

from runtime.errors import Conflict, NotFound

BANDWIDTH_LIMIT = "bandwidth_limit"
DSCP_MARKING = "dscp_marking"
MINIMUM_BANDWIDTH = "minimum_bandwidth"

Kind = Literal["bandwidth_limit", "dscp_marking", "minimum_bandwidth"]


class QosRule(Struct, frozen=True, kw_only=True):
    """What its kind does not say is None. Directions are the guest's: egress is what it sends."""

    id: str
    qos_policy_id: str
    kind: Kind
    direction: str | None = None
    max_kbps: int | None = None
    max_burst_kbps: int | None = None
    dscp_mark: int | None = None
    min_kbps: int | None = None


class QosRuleNotFound(NotFound):
    def __init__(self, policy_id: str | None, rule_id: str) -> None:
        super().__init__(f"QoS rule {rule_id} for policy {policy_id} could not be found.")


class QoSRulesConflict(Conflict):
    def __init__(self, rule: QosRule) -> None:
        super().__init__(
            f"Rule {rule.kind} conflicts with a rule of the same kind and direction which already exists in QoS Policy"
            f" {rule.qos_policy_id}."
        )


class QoSRuleParameterConflict(Conflict):
    def __init__(self, rule: QosRule, other: QosRule) -> None:
        said, limit = rule.min_kbps or rule.max_kbps, other.max_kbps or other.min_kbps
        super().__init__(
            f"Unable to add the rule with value {said} to the policy {rule.qos_policy_id} as the existing rule of type"
            f" {other.kind} restricts the bandwidth to {limit}."
        )
