"""Bodies and rendering of registered limits."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id, LongName, Text
from identity.regions.schema import RegionId

Amount = Annotated[int, Meta(ge=-1, le=2**31 - 1)]
"""-1 is any number."""
MOST_AT_ONCE = 500


class NewRegisteredLimit(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    service_id: Id
    resource_name: LongName
    default_limit: Amount
    region_id: RegionId | None = None
    description: Text | None = None


class CreateRegisteredLimits(msgspec.Struct, forbid_unknown_fields=True):
    registered_limits: Annotated[list[NewRegisteredLimit], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class RegisteredLimitChanges(msgspec.Struct, forbid_unknown_fields=True):
    service_id: Id | UnsetType = UNSET
    region_id: RegionId | None | UnsetType = UNSET
    resource_name: LongName | UnsetType = UNSET
    default_limit: Amount | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET


class UpdateRegisteredLimit(msgspec.Struct, forbid_unknown_fields=True):
    registered_limit: RegisteredLimitChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("id", "service_id", "region_id", "resource_name", "default_limit")
    return {key: row[key] for key in shown} | {"description": row["description"] or None}
