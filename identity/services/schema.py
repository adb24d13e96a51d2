"""Bodies and rendering of services."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from identity.bodies import LongName, Open, Text


class NewService(Open):
    type: LongName
    name: LongName | None = None
    description: Text | None = ""
    enabled: bool = True


class CreateService(msgspec.Struct, forbid_unknown_fields=True):
    service: NewService


class ServiceChanges(Open):
    type: LongName | UnsetType = UNSET
    name: LongName | None | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class UpdateService(msgspec.Struct, forbid_unknown_fields=True):
    service: ServiceChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "type": row["type"],
        "name": row["name"],
        "description": row["description"],
        "enabled": row["enabled"],
    }
