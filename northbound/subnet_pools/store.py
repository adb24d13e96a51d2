"""Subnet pools in PostgreSQL. No two pools of an address scope overlap: a constraint on their prefixes says so."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from identity.callers import Caller
from northbound.address_scopes.noun import ADDRESS_SCOPES
from northbound.networks.network import InvalidInput
from northbound.nouns.table import Table, standard_attributes
from northbound.sharing.shareable import Shareable
from northbound.sharing.store import set_shared
from northbound.sharing.visibility import SHARED, is_shared, visible
from northbound.subnet_pools.prefixes import MOST_PREFIXES
from northbound.subnet_pools.subnet_pool import (
    AddressScopePrefixConflict,
    IllegalSubnetPoolAssociationToAddressScope,
    IllegalSubnetPoolIpVersionAssociationToAddressScope,
    IllegalSubnetPoolUpdate,
    NetworkAddressScopeAffinityError,
    SubnetPool,
    SubnetPoolInUse,
    SubnetPoolNotFound,
    TooManyPrefixes,
)
from northbound.translation import marks
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")
KIND = "subnetpool"
SHARED_SQL = is_shared(KIND, "t")
CHANGING = (
    *("name", "description", "min_prefixlen", "max_prefixlen", "default_prefixlen", "default_quota"),
    *("is_default", "address_scope_id"),
)
SUBNET_POOL_SHARING = Shareable(
    kind=KIND,
    table="northbound.subnet_pools",
    missing=SubnetPoolNotFound,
    users={SHARED: "SELECT project_id FROM northbound.subnets WHERE subnetpool_id = $1"},
    held="SELECT FROM northbound.subnet_pools p JOIN northbound.address_scopes a ON a.id = p.address_scope_id"
    " WHERE p.id = $1 FOR KEY SHARE OF a",
    grantable=(
        "SELECT p.address_scope_id IS NULL OR EXISTS (SELECT FROM northbound.address_scopes a WHERE"
        " a.id = p.address_scope_id AND (a.project_id = $2 OR EXISTS (SELECT FROM northbound.rbac_policies g WHERE"
        " g.object_type = 'address_scope' AND g.object_id = a.id AND g.target_project IN ('*', $2))))"
        " FROM northbound.subnet_pools p WHERE p.id = $1"
    ),
)


def _second_default(pool: SubnetPool) -> InvalidInput:
    return InvalidInput(f"is_default: there is a default subnet pool of IPv{pool.ip_version} already.")


SUBNET_POOLS = Table(
    name="northbound.subnet_pools",
    shape=SubnetPool,
    listing=Listing(
        select=(
            "SELECT t.*, ARRAY(SELECT p.prefix::text FROM northbound.subnet_pool_prefixes p"
            f" WHERE p.subnet_pool_id = t.id ORDER BY p.prefix) AS prefixes, {SHARED_SQL} AS shared"
            " FROM northbound.subnet_pools t"
        ),
        attributes=standard_attributes(
            description=Attribute("t.description"),
            ip_version=Attribute("t.ip_version", "int"),
            min_prefixlen=Attribute("t.min_prefixlen", "int"),
            max_prefixlen=Attribute("t.max_prefixlen", "int"),
            default_prefixlen=Attribute("t.default_prefixlen", "int"),
            default_quota=Attribute("t.default_quota", "int"),
            is_default=Attribute("t.is_default", "bool"),
            address_scope_id=Attribute("t.address_scope_id", "uuid", sortable=False),
            shared=Attribute(SHARED_SQL, "bool"),
        ),
    ),
    columns=("id", "project_id", "ip_version", "tags", *CHANGING),
    changing=CHANGING,
    missing=SubnetPoolNotFound,
    visible=visible(KIND, "t"),
    quota=KIND,
    constraints={
        "subnets_subnetpool": lambda pool: SubnetPoolInUse(pool.id),
        "subnet_pools_one_default": _second_default,
    },
)


async def insert_pool(conn: Connection, draft: SubnetPool, caller: Caller) -> None:
    """Raises OverQuota, AddressScopeNotFound, AddressScopePrefixConflict and other refusals of its address scope."""
    await _keep_scope(conn, draft, caller)
    await SUBNET_POOLS.insert(conn, draft)
    await _write_prefixes(conn, draft)
    if draft.shared:
        await set_shared(conn, KIND, draft.id, draft.project_id, True)
    await _check_grants(conn, draft)


async def update_pool(conn: Connection, before: SubnetPool, after: SubnetPool, caller: Caller) -> None:
    """As insert_pool; a pool moves to another scope only with every subnet of its networks.

    Raises NetworkAddressScopeAffinityError, TooManyPrefixes, and IllegalSubnetPoolUpdate when the prefixes of a pool change that lies in
    an address scope of somebody else's.
    """
    moved, resized = before.address_scope_id != after.address_scope_id, before.prefixes != after.prefixes
    if moved:
        await _keep_scope(conn, after, caller)
        await _check_grants(conn, after)
        if await SQL.shares_network(conn, id=after.id):
            raise NetworkAddressScopeAffinityError
    if resized:
        await _check_scope_is_own(conn, before, caller)
    await SUBNET_POOLS.update(conn, before, after)
    if moved or resized:
        await _write_prefixes(conn, after)
    if moved:
        ports = [row["port_id"] async for row in SQL.ports_in_pool(conn, id=after.id)]
        await marks.mark(conn, "port", *ports)


async def _keep_scope(conn: Connection, pool: SubnetPool, caller: Caller) -> None:
    """No grant on the pool's scope is withdrawn until the transaction ends."""
    if pool.address_scope_id is None:
        return
    scope = await ADDRESS_SCOPES.fetch_kept(conn, pool.address_scope_id, caller.reach)
    if scope.ip_version != pool.ip_version:
        raise IllegalSubnetPoolIpVersionAssociationToAddressScope(pool.id, scope.id, scope.ip_version)


async def _check_grants(conn: Connection, pool: SubnetPool) -> None:
    """Whoever the pool is shared with has access to its scope as well. Nobody shares the pool meanwhile: it is locked."""
    if pool.address_scope_id is None:
        return
    target = await SQL.barred_from_scope(conn, id=pool.id, address_scope_id=pool.address_scope_id)
    if target is not None:
        raise IllegalSubnetPoolAssociationToAddressScope(pool.id, pool.address_scope_id, target)


async def _check_scope_is_own(conn: Connection, pool: SubnetPool, caller: Caller) -> None:
    """What a scope's addresses are is its owner's matter."""
    if pool.address_scope_id is None or caller.reach is None:
        return
    scope = await ADDRESS_SCOPES.fetch(conn, pool.address_scope_id, None)
    if scope.project_id != caller.reach:
        raise IllegalSubnetPoolUpdate(
            f"subnetpool {pool.id} cannot be updated when associated with shared address scope {scope.id} (prefixes)"
        )


async def _write_prefixes(conn: Connection, pool: SubnetPool) -> None:
    if len(pool.prefixes) > MOST_PREFIXES:
        raise TooManyPrefixes
    await SQL.delete_prefixes(conn, subnet_pool_id=pool.id)
    with naming({"subnet_pool_prefixes_in_scope": AddressScopePrefixConflict}):
        await SQL.insert_prefixes(
            conn, subnet_pool_id=pool.id, prefixes=pool.prefixes, address_scope_id=pool.address_scope_id
        )


async def default_pool(conn: Connection, ip_version: int) -> SubnetPool | None:
    """The default pool of the IP version, locked; whose it is does not matter: that is what default means."""
    pool_id = await SQL.default_pool(conn, ip_version=ip_version)
    return None if pool_id is None else await SUBNET_POOLS.fetch_locked(conn, str(pool_id), None)


async def replace_prefixes(conn: Connection, pool: SubnetPool, prefixes: Sequence[str], caller: Caller) -> SubnetPool:
    """The pool, which the caller has locked, with other prefixes."""
    after = msgspec.structs.replace(pool, prefixes=list(prefixes))
    if after != pool:
        await update_pool(conn, pool, after, caller)
    return await SUBNET_POOLS.fetch(conn, pool.id, None)
