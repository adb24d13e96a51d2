"""Bodies and rendering of roles."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from identity.bodies import Id, LongName, Open, Text
from identity.nouns.options import ResourceOptions


class NewRole(Open):
    name: LongName
    domain_id: Id | None = None
    description: Text | None = ""
    options: ResourceOptions | UnsetType = UNSET


class CreateRole(msgspec.Struct, forbid_unknown_fields=True):
    role: NewRole


class RoleChanges(Open):
    name: LongName | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    options: ResourceOptions | UnsetType = UNSET


class UpdateRole(msgspec.Struct, forbid_unknown_fields=True):
    role: RoleChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "name": row["name"],
        "domain_id": row["domain_id"],
        "description": row["description"] or None,
        "options": row["options"],
    }
