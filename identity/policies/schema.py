"""Bodies and rendering of policies."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import LongName, Open

Blob = Annotated[str, Meta(max_length=64 * 1024)]


class NewPolicy(Open):
    blob: Blob
    type: LongName


class CreatePolicy(msgspec.Struct, forbid_unknown_fields=True):
    policy: NewPolicy


class PolicyChanges(Open):
    blob: Blob | UnsetType = UNSET
    type: LongName | UnsetType = UNSET


class UpdatePolicy(msgspec.Struct, forbid_unknown_fields=True):
    policy: PolicyChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row["extra"], "id": row["id"], "type": row["type"], "blob": row["blob"]}
