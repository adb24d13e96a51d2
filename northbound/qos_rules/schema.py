"""The bodies of the QoS rules APIs, one family per kind of rule, and how a rule is shown.

OVN enforces no limit of packets and guarantees no bandwidth to a guest's ingress: such rules are refused.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from northbound.projects import Owned
from northbound.qos_rules.qos_rule import (
    BANDWIDTH_LIMIT,
    DSCP_MARKING,
    MINIMUM_BANDWIDTH,
    Kind,
    QosRule,
    QoSRuleParameterConflict,
)
from runtime.attributes import Body, given
from runtime.errors import BadRequest

LARGEST = 2**31 - 1
DSCP_MARKS = (0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56)
Kbps = Annotated[int, Meta(ge=1, le=LARGEST)]
Burst = Annotated[int, Meta(ge=0, le=LARGEST)]
Direction = Literal["egress", "ingress"]


class BandwidthLimitDraft(Owned, kw_only=True):
    max_kbps: Kbps
    max_burst_kbps: Burst = 0
    direction: Direction = "egress"


class BandwidthLimitChanges(Body):
    max_kbps: Kbps | UnsetType = UNSET
    max_burst_kbps: Burst | UnsetType = UNSET
    direction: Direction | UnsetType = UNSET


class DscpMarkingDraft(Owned, kw_only=True):
    dscp_mark: int


class DscpMarkingChanges(Body):
    dscp_mark: int | UnsetType = UNSET


class MinimumBandwidthDraft(Owned, kw_only=True):
    min_kbps: Kbps
    direction: Direction = "egress"


class MinimumBandwidthChanges(Body):
    min_kbps: Kbps | UnsetType = UNSET
    direction: Direction | UnsetType = UNSET


@dataclass(frozen=True)
class RuleKind:
    """`shown` are the attributes that a rule of the kind has beside its ids."""

    name: Kind
    shown: Sequence[str]
    draft: type[Body]
    changes: type[Body]

    @property
    def key(self) -> str:
        """The key of a rule on the wire."""
        return f"{self.name}_rule"

    @property
    def alias(self) -> str:
        return f"alias_{self.name}_rule"


RULE_KINDS = (
    RuleKind(BANDWIDTH_LIMIT, ("max_kbps", "max_burst_kbps", "direction"), BandwidthLimitDraft, BandwidthLimitChanges),
    RuleKind(DSCP_MARKING, ("dscp_mark",), DscpMarkingDraft, DscpMarkingChanges),
    RuleKind(MINIMUM_BANDWIDTH, ("min_kbps", "direction"), MinimumBandwidthDraft, MinimumBandwidthChanges),
)
BY_NAME = {kind.name: kind for kind in RULE_KINDS}


def wrapped(name: str, inside: type[Body]) -> type[Body]:
    """A body with one key."""
    return msgspec.defstruct(f"{inside.__name__}_{name}", [(name, inside)], bases=(Body,), kw_only=True)


def draft_rule(kind: RuleKind, policy_id: str, body: Body) -> QosRule:
    said = {name: getattr(body, name) for name in kind.shown}
    return _checked(QosRule(id=str(uuid.uuid4()), qos_policy_id=policy_id, kind=kind.name, **said))


def change_rule(rule: QosRule, changes: Body) -> QosRule:
    return _checked(msgspec.structs.replace(rule, **given(changes)))


def _checked(rule: QosRule) -> QosRule:
    if rule.kind == DSCP_MARKING and rule.dscp_mark not in DSCP_MARKS:
        raise BadRequest(f"Invalid input for dscp_mark: {rule.dscp_mark} is not one of {list(DSCP_MARKS)}.")
    if rule.kind == MINIMUM_BANDWIDTH and rule.direction == "ingress":
        raise BadRequest("Invalid input for direction: OVN guarantees bandwidth to egress alone.")
    return rule


def check_together(rule: QosRule, others: Sequence[QosRule]) -> None:
    """Raises QoSRuleParameterConflict when less is allowed in a direction than guaranteed."""
    for other in others:
        if other.direction != rule.direction or {rule.kind, other.kind} != {BANDWIDTH_LIMIT, MINIMUM_BANDWIDTH}:
            continue
        if (rule.min_kbps or other.min_kbps) > (rule.max_kbps or other.max_kbps):
            raise QoSRuleParameterConflict(rule, other)


def render_rule(rule: QosRule) -> dict[str, Any]:
    shown = {name: getattr(rule, name) for name in BY_NAME[rule.kind].shown}
    return {"id": rule.id, "qos_policy_id": rule.qos_policy_id, **shown}
