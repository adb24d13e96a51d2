"""Bodies and rendering of groups."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from identity.bodies import Id, Open, ShortName, Text


class NewGroup(Open):
    name: ShortName
    domain_id: Id | None = None
    description: Text | None = ""


class CreateGroup(msgspec.Struct, forbid_unknown_fields=True):
    group: NewGroup


class GroupChanges(Open):
    """`domain_id` never changes; naming the present value is no change."""

    name: ShortName | UnsetType = UNSET
    domain_id: Id | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET


class UpdateGroup(msgspec.Struct, forbid_unknown_fields=True):
    group: GroupChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "name": row["name"],
        "domain_id": row["domain_id"],
        "description": row["description"],
    }
