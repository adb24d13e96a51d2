"""A template as PostgreSQL holds it, the rule made of it, and what can be wrong with one."""

import uuid
from datetime import datetime
from typing import Any

from msgspec import Struct

from northbound.security_group_rules import protocols
from northbound.security_group_rules.rule import Direction, Rule
from runtime.errors import Conflict, NotFound

PARENT = "PARENT"
"""As `remote_group_id`: the very group that a rule is made for."""


class Template(Struct, frozen=True, kw_only=True):
    """As a rule, without a group; `project_id` is nobody's."""

    id: str
    direction: Direction
    ethertype: str
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_is_parent: bool = False
    remote_address_group_id: str | None = None
    used_in_default_sg: bool = False
    used_in_non_default_sg: bool = True
    description: str = ""
    project_id: str = ""
    revision_number: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def protocol_number(self) -> int | None:
        return protocols.number(self.protocol)


def instantiate(template: Template, group_id: str, project_id: str) -> Rule:
    """A new rule of the group; the description stays the template's own."""
    return Rule(
        id=str(uuid.uuid4()),
        security_group_id=group_id,
        project_id=project_id,
        direction=template.direction,
        ethertype=template.ethertype,
        protocol=template.protocol,
        port_range_min=template.port_range_min,
        port_range_max=template.port_range_max,
        remote_ip_prefix=template.remote_ip_prefix,
        written_prefix=template.remote_ip_prefix,
        remote_group_id=group_id if template.remote_is_parent else None,
        remote_address_group_id=template.remote_address_group_id,
    )


def target_of_rules(_template: Template) -> dict[str, Any]:
    return {}


class DefaultSecurityGroupRuleNotFound(NotFound):
    def __init__(self, template_id: str) -> None:
        super().__init__(f"Default Security Group rule {template_id} does not exist.")


class DefaultSecurityGroupRuleExists(Conflict):
    def __init__(self) -> None:
        super().__init__("Default Security group rule already exists (used_in_default_sg, used_in_non_default_sg).")
