"""Address scopes, declared."""

from identity.callers import Caller
from northbound.address_scopes.address_scope import (
    AddressScope,
    AddressScopeInUse,
    AddressScopeNotFound,
    AddressScopeUpdateError,
)
from northbound.address_scopes.policy import RULES
from northbound.address_scopes.schema import (
    CreateScope,
    UpdateScope,
    draft_scope,
    render_scope,
)
from northbound.nouns.noun import Noun
from northbound.nouns.table import Table, standard_attributes
from northbound.sharing.shareable import Shareable
from northbound.sharing.store import set_shared
from northbound.sharing.visibility import SHARED, is_shared, visible
from runtime.database import Connection
from runtime.web.listing import Attribute, Listing

KIND = "address_scope"
SHARED_SQL = is_shared(KIND, "t")

ADDRESS_SCOPE_SHARING = Shareable(
    kind=KIND,
    table="northbound.address_scopes",
    missing=AddressScopeNotFound,
    users={
        SHARED: "SELECT project_id FROM northbound.subnet_pools WHERE address_scope_id = $1"
        " UNION SELECT g.target_project FROM northbound.rbac_policies g JOIN northbound.subnet_pools p"
        " ON p.id = g.object_id WHERE g.object_type = 'subnetpool' AND p.address_scope_id = $1"
    },
)
ADDRESS_SCOPES = Table(
    name="northbound.address_scopes",
    shape=AddressScope,
    listing=Listing(
        select=f"SELECT t.*, {SHARED_SQL} AS shared FROM northbound.address_scopes t",
        attributes=standard_attributes(
            ip_version=Attribute("t.ip_version", "int"), shared=Attribute(SHARED_SQL, "bool")
        ),
    ),
    columns=("id", "project_id", "name", "ip_version"),
    changing=("name",),
    missing=AddressScopeNotFound,
    visible=visible(KIND, "t"),
    quota=KIND,
    constraints={"subnet_pools_address_scope": lambda scope: AddressScopeInUse(scope.id)},
)


async def insert(conn: Connection, draft: AddressScope, _caller: Caller) -> None:
    await ADDRESS_SCOPES.insert(conn, draft)
    if draft.shared:
        await set_shared(conn, KIND, draft.id, draft.project_id, True)


async def update(conn: Connection, before: AddressScope, after: AddressScope, _caller: Caller) -> None:
    """A scope stays shared once it is: others' subnet pools may lie in it, and their addresses with it."""
    if before.shared and not after.shared:
        raise AddressScopeUpdateError(before.id, "a shared address scope can't be unshared (shared)")
    await ADDRESS_SCOPES.update(conn, before, after)
    if after.shared and not before.shared:
        await set_shared(conn, KIND, after.id, after.project_id, True)


ADDRESS_SCOPE = Noun(
    name=KIND,
    plural="address_scopes",
    path="address-scopes",
    table=ADDRESS_SCOPES,
    rules=RULES,
    create_body=CreateScope,
    update_body=UpdateScope,
    draft=draft_scope,
    render=render_scope,
    insert=insert,
    update=update,
)
