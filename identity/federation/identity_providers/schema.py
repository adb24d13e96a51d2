"""Bodies and rendering of identity providers."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id, Text

LONGEST_TTL_MINUTES = 366 * 24 * 60
RemoteIds = Annotated[list[Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^\S+$")]], Meta(max_length=64)]
Minutes = Annotated[int, Meta(ge=0, le=LONGEST_TTL_MINUTES)]


class ProviderAttributes(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`remote_ids` are issuers; each is one provider's. `domain_id` is chosen when the provider is made."""

    id: Id | UnsetType = UNSET
    domain_id: Id | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    authorization_ttl: Minutes | None | UnsetType = UNSET
    remote_ids: RemoteIds | None | UnsetType = UNSET


class PutProvider(msgspec.Struct, forbid_unknown_fields=True):
    identity_provider: ProviderAttributes


class UpdateProvider(msgspec.Struct, forbid_unknown_fields=True):
    identity_provider: ProviderAttributes


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "domain_id", "enabled", "description", "authorization_ttl", "remote_ids")
    return {name: row[name] for name in names}
