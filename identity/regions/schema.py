"""Bodies and rendering of regions. A region's id is chosen by the operator, or made up here."""

import re
import uuid
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Open, Text

REGION_ID = r"^[^/?#\s]+$"
LONGEST_ID = 255
RegionId = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID, pattern=REGION_ID)]


class NewRegion(Open):
    id: RegionId = msgspec.field(default_factory=lambda: uuid.uuid4().hex)
    description: Text | None = ""
    parent_region_id: RegionId | None = None


class CreateRegion(msgspec.Struct, forbid_unknown_fields=True):
    region: NewRegion


class RegionAtPath(Open):
    description: Text | None = ""
    parent_region_id: RegionId | None = None


class PutRegion(msgspec.Struct, forbid_unknown_fields=True):
    """The id is in the path."""

    region: RegionAtPath


def is_region_id(text: str) -> bool:
    return len(text) <= LONGEST_ID and re.fullmatch(REGION_ID, text) is not None


class RegionChanges(Open):
    description: Text | None | UnsetType = UNSET
    parent_region_id: RegionId | None | UnsetType = UNSET


class UpdateRegion(msgspec.Struct, forbid_unknown_fields=True):
    region: RegionChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "description": row["description"],
        "parent_region_id": row["parent_region_id"],
    }
