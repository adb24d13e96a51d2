"""Bodies and rendering of endpoint groups."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from identity.bodies import Id, LongName, Text
from identity.endpoints.schema import Interface
from identity.regions.schema import RegionId


class Filters(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What an endpoint of the group has; without any, every endpoint is in it."""

    service_id: Id | UnsetType = UNSET
    region_id: RegionId | UnsetType = UNSET
    interface: Interface | UnsetType = UNSET


class NewEndpointGroup(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: LongName
    filters: Filters
    description: Text | None = None


class CreateEndpointGroup(msgspec.Struct, forbid_unknown_fields=True):
    endpoint_group: NewEndpointGroup


class EndpointGroupChanges(msgspec.Struct, forbid_unknown_fields=True):
    name: LongName | UnsetType = UNSET
    filters: Filters | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET


class UpdateEndpointGroup(msgspec.Struct, forbid_unknown_fields=True):
    endpoint_group: EndpointGroupChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("id", "name", "filters")} | {"description": row["description"] or None}
