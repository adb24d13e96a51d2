"""The bodies of the QoS policies API, and how a policy is shown."""

import uuid
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from northbound.nouns.noun import standard
from northbound.projects import Owned
from northbound.qos_policies.qos_policy import QosPolicy
from northbound.qos_rules.schema import render_rule
from runtime.attributes import Body, Description, Name, Tag, restricted

SHARED = restricted("network:set_policy:shared")


class PolicyDraft(Owned, kw_only=True):
    name: Name
    description: Description = ""
    shared: Annotated[bool, SHARED] | UnsetType = UNSET
    is_default: bool = False
    tags: Annotated[list[Tag], Meta(max_length=50)] = []


class CreateQosPolicy(Body):
    policy: PolicyDraft | UnsetType = UNSET
    policies: list[PolicyDraft] | UnsetType = UNSET


class PolicyChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    shared: Annotated[bool, SHARED] | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET


class UpdateQosPolicy(Body):
    policy: PolicyChanges


def draft_policy(body: PolicyDraft, project_id: str) -> QosPolicy:
    return QosPolicy(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=body.name,
        description=body.description,
        shared=body.shared is True,
        is_default=body.is_default,
        tags=body.tags,
    )


def render_policy(policy: QosPolicy) -> dict[str, Any]:
    shown = standard(policy, "name", "description", "shared", "is_default", "tags")
    return shown | {"rules": [render_rule(rule) | {"type": rule.kind} for rule in policy.rules]}
