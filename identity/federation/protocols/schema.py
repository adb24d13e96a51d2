"""Bodies and rendering of protocols."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id

Attribute = Annotated[str, Meta(max_length=64)]


class NewProtocol(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`remote_id_attribute` names a claim whose value has to be among the provider's remote ids, as the issuer is."""

    mapping_id: Id
    remote_id_attribute: Attribute | None = None
    id: Id | UnsetType = UNSET


class PutProtocol(msgspec.Struct, forbid_unknown_fields=True):
    protocol: NewProtocol


class ProtocolChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    mapping_id: Id | UnsetType = UNSET
    remote_id_attribute: Attribute | None | UnsetType = UNSET
    id: Id | UnsetType = UNSET


class UpdateProtocol(msgspec.Struct, forbid_unknown_fields=True):
    protocol: ProtocolChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "mapping_id", "remote_id_attribute")
    return {name: row[name] for name in names}
