"""Bodies and rendering of mappings."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from identity.bodies import Id
from identity.federation.mappings.rules import Rules, Version


class NewMapping(msgspec.Struct, forbid_unknown_fields=True):
    """Naming the id of the path is no change."""

    rules: Rules
    schema_version: Version | None = "1.0"
    id: Id | UnsetType = UNSET


class PutMapping(msgspec.Struct, forbid_unknown_fields=True):
    mapping: NewMapping


class MappingChanges(msgspec.Struct, forbid_unknown_fields=True):
    """A version of null is what the official client sends for the present one."""

    rules: Rules | UnsetType = UNSET
    schema_version: Version | UnsetType | None = UNSET
    id: Id | UnsetType = UNSET


class UpdateMapping(msgspec.Struct, forbid_unknown_fields=True):
    mapping: MappingChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "rules": row["rules"], "schema_version": row["schema_version"]}
