"""The bodies of the default security group rules API, and how a template is shown."""

import uuid
from typing import Any

from msgspec import UNSET, UnsetType

from northbound.default_security_group_rules.template import PARENT, Template
from northbound.envelope import time_text
from northbound.projects import Owned
from northbound.security_group_rules.rule import Direction, checked_rule
from northbound.security_group_rules.schema import Prefix
from runtime.attributes import Body, Description, Uuid
from runtime.errors import BadRequest


class TemplateDraft(Owned, kw_only=True):
    direction: Direction
    ethertype: str = "IPv4"
    protocol: str | int | None = None
    port_range_min: str | int | None = None
    port_range_max: str | int | None = None
    remote_ip_prefix: Prefix | None = None
    remote_group_id: str | None = None
    remote_address_group_id: Uuid | None = None
    used_in_default_sg: bool = False
    used_in_non_default_sg: bool = True
    description: Description = ""


class CreateTemplate(Body):
    default_security_group_rule: TemplateDraft | UnsetType = UNSET
    default_security_group_rules: list[TemplateDraft] | UnsetType = UNSET


class TemplateChanges(Body):
    description: Description | UnsetType = UNSET


class UpdateTemplate(Body):
    default_security_group_rule: TemplateChanges


def draft_template(body: TemplateDraft, _project_id: str) -> Template:
    """Raises one of the errors of security group rules."""
    if body.remote_group_id not in (None, PARENT):
        raise BadRequest(f"Invalid input for remote_group_id: expected {PARENT}, the group that a rule is made for.")
    template_id = str(uuid.uuid4())
    rule = checked_rule(
        rule_id=template_id,
        security_group_id=template_id,
        project_id="",
        direction=body.direction,
        ethertype=body.ethertype,
        protocol=body.protocol,
        port_range_min=body.port_range_min,
        port_range_max=body.port_range_max,
        remote_ip_prefix=body.remote_ip_prefix,
        remote_group_id=body.remote_group_id,
        remote_address_group_id=body.remote_address_group_id,
        description=body.description,
    )
    return Template(
        id=template_id,
        direction=rule.direction,
        ethertype=rule.ethertype,
        protocol=rule.protocol,
        port_range_min=rule.port_range_min,
        port_range_max=rule.port_range_max,
        remote_ip_prefix=rule.remote_ip_prefix,
        remote_is_parent=rule.remote_group_id == PARENT,
        remote_address_group_id=rule.remote_address_group_id,
        used_in_default_sg=body.used_in_default_sg,
        used_in_non_default_sg=body.used_in_non_default_sg,
        description=rule.description,
    )


def render_template(template: Template) -> dict[str, Any]:
    return {
        "id": template.id,
        "description": template.description,
        "direction": template.direction,
        "ethertype": template.ethertype,
        "protocol": template.protocol,
        "port_range_min": template.port_range_min,
        "port_range_max": template.port_range_max,
        "remote_ip_prefix": template.remote_ip_prefix,
        "remote_group_id": PARENT if template.remote_is_parent else None,
        "remote_address_group_id": template.remote_address_group_id,
        "used_in_default_sg": template.used_in_default_sg,
        "used_in_non_default_sg": template.used_in_non_default_sg,
        "revision_number": template.revision_number,
        "created_at": time_text(template.created_at),
        "updated_at": time_text(template.updated_at),
    }
