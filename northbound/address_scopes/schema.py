"""The bodies of the address scopes API, and how a scope is shown."""

import uuid
from typing import Annotated, Any, Literal

from msgspec import UNSET, UnsetType

from northbound.address_scopes.address_scope import AddressScope
from northbound.nouns.noun import standard
from northbound.projects import Owned
from runtime.attributes import Body, Name, restricted

SHARED = restricted("network:set_address_scope:shared")


class ScopeDraft(Owned, kw_only=True):
    name: Name = ""
    ip_version: Literal[4, 6] = 4
    shared: Annotated[bool, SHARED] | UnsetType = UNSET


class CreateScope(Body):
    address_scope: ScopeDraft | UnsetType = UNSET
    address_scopes: list[ScopeDraft] | UnsetType = UNSET


class ScopeChanges(Body):
    name: Name | UnsetType = UNSET
    shared: Annotated[bool, SHARED] | UnsetType = UNSET


class UpdateScope(Body):
    address_scope: ScopeChanges


def draft_scope(body: ScopeDraft, project_id: str) -> AddressScope:
    return AddressScope(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=body.name,
        ip_version=body.ip_version,
        shared=body.shared is True,
    )


def render_scope(scope: AddressScope) -> dict[str, Any]:
    return standard(scope, "name", "ip_version", "shared")
