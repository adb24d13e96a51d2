"""The bodies of the security groups API, and how a group is shown."""

from typing import Any

from msgspec import UNSET, UnsetType

from northbound.envelope import time_text
from northbound.projects import Owned
from northbound.security_group_rules.schema import render_rule
from northbound.security_groups.group import Group
from runtime.attributes import Body, Description, Name


class GroupDraft(Owned):
    name: Name = ""
    description: Description = ""
    stateful: bool = True


class CreateGroup(Body):
    security_group: GroupDraft | UnsetType = UNSET
    security_groups: list[GroupDraft] | UnsetType = UNSET


class GroupChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET


class UpdateGroup(Body):
    security_group: GroupChanges


def render_group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "project_id": group.project_id,
        "tenant_id": group.project_id,
        "stateful": group.stateful,
        "shared": group.shared,
        "security_group_rules": [render_rule(rule) for rule in group.rules],
        "tags": group.tags,
        "revision_number": group.revision_number,
        "created_at": time_text(group.created_at),
        "updated_at": time_text(group.updated_at),
    }
