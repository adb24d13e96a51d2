"""Bodies and rendering of limits."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id, LongName, Text
from identity.regions.schema import RegionId
from identity.registered_limits.schema import MOST_AT_ONCE, Amount


class NewLimit(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Of a project or of a domain; a domain may be named where a project is meant."""

    service_id: Id
    resource_name: LongName
    resource_limit: Amount
    region_id: RegionId | None = None
    project_id: Id | None = None
    domain_id: Id | None = None
    description: Text | None = None

    def __post_init__(self) -> None:
        if (self.project_id is None) == (self.domain_id is None):
            raise ValueError("project_id, domain_id: a limit has one of them")


class CreateLimits(msgspec.Struct, forbid_unknown_fields=True):
    limits: Annotated[list[NewLimit], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class LimitChanges(msgspec.Struct, forbid_unknown_fields=True):
    resource_limit: Amount | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET


class UpdateLimit(msgspec.Struct, forbid_unknown_fields=True):
    limit: LimitChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("id", "service_id", "region_id", "resource_name", "resource_limit", "project_id", "domain_id")
    return {key: row[key] for key in shown} | {"description": row["description"] or None}
