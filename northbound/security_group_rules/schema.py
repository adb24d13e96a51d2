"""The bodies of the security group rules API, and how a rule is shown."""

import ipaddress
from typing import Annotated, Any, Self

from msgspec import UNSET, Meta, UnsetType

from northbound.envelope import time_text
from northbound.projects import Owned
from northbound.security_group_rules.rule import Direction, Rule, checked_rule
from runtime.attributes import Body, Cidr, Description, IpAddress, Scalar, Uuid


class Prefix(Scalar):
    """A network, or one address meaning itself; canonical, but for host bits, which are kept."""

    @classmethod
    def parse(cls, text: str) -> Self:
        if "/" in text:
            Cidr.parse(text)
            return cls(ipaddress.ip_interface(text).with_prefixlen)
        return cls(ipaddress.ip_network(IpAddress.parse(text)))


GroupReference = Annotated[str, Meta(max_length=64)]
"""What cannot be an id is a group that does not exist."""


class RuleDraft(Owned, kw_only=True):
    security_group_id: Uuid
    direction: Direction
    ethertype: str = "IPv4"
    protocol: str | int | None = None
    port_range_min: str | int | None = None
    port_range_max: str | int | None = None
    remote_ip_prefix: Prefix | None = None
    remote_group_id: GroupReference | None = None
    remote_address_group_id: Uuid | None = None
    description: Description = ""


class CreateRule(Body):
    security_group_rule: RuleDraft | UnsetType = UNSET
    security_group_rules: list[RuleDraft] | UnsetType = UNSET


class RuleChanges(Body):
    description: Description | UnsetType = UNSET


class UpdateRule(Body):
    security_group_rule: RuleChanges


def parse_draft(draft: RuleDraft, rule_id: str, project_id: str) -> Rule:
    """The rule that is asked for, which will belong to the project; raises one of `errors`."""
    return checked_rule(
        rule_id=rule_id,
        security_group_id=draft.security_group_id,
        project_id=project_id,
        direction=draft.direction,
        ethertype=draft.ethertype,
        protocol=draft.protocol,
        port_range_min=draft.port_range_min,
        port_range_max=draft.port_range_max,
        remote_ip_prefix=draft.remote_ip_prefix,
        remote_group_id=None if draft.remote_group_id is None else draft.remote_group_id.lower(),
        remote_address_group_id=draft.remote_address_group_id,
        description=draft.description,
    )


def render_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "security_group_id": rule.security_group_id,
        "project_id": rule.project_id,
        "tenant_id": rule.project_id,
        "description": rule.description,
        "direction": rule.direction,
        "ethertype": rule.ethertype,
        "protocol": rule.protocol,
        "port_range_min": rule.port_range_min,
        "port_range_max": rule.port_range_max,
        "remote_ip_prefix": rule.written_prefix,
        "normalized_cidr": rule.remote_ip_prefix,
        "remote_group_id": rule.remote_group_id,
        "remote_address_group_id": rule.remote_address_group_id,
        "belongs_to_default_sg": rule.belongs_to_default,
        "tags": rule.tags,
        "revision_number": rule.revision_number,
        "created_at": time_text(rule.created_at),
        "updated_at": time_text(rule.updated_at),
    }
