"""Bodies and rendering of domains."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from identity.bodies import Open, ShortName, Text
from identity.nouns.options import ResourceOptions


class NewDomain(Open):
    name: ShortName
    description: Text | None = ""
    enabled: bool = True
    options: ResourceOptions | UnsetType = UNSET


class CreateDomain(msgspec.Struct, forbid_unknown_fields=True):
    domain: NewDomain


class DomainChanges(Open):
    name: ShortName | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    options: ResourceOptions | UnsetType = UNSET


class UpdateDomain(msgspec.Struct, forbid_unknown_fields=True):
    domain: DomainChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "enabled": row["enabled"],
        "tags": [],
        "options": row["options"],
    }
