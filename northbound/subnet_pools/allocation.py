"""The addresses of a new subnet, cut from a pool.

The pool is locked until the transaction ends, and a constraint on subnets holds apart what is cut from one pool: no two
subnets of a pool overlap, whoever races.
"""

import ipaddress
from pathlib import Path

from msgspec import Struct

from northbound.networks.network import InvalidInput
from northbound.subnet_pools.prefixes import choose_free, covers, overlaps, quota_units
from northbound.subnet_pools.store import SUBNET_POOLS, default_pool
from northbound.subnet_pools.subnet_pool import (
    MaxPrefixSubnetAllocationError,
    MinPrefixSubnetAllocationError,
    NetworkAddressScopeAffinityError,
    NetworkSubnetPoolAffinityError,
    SubnetAllocationError,
    SubnetPool,
    SubnetPoolQuotaExceeded,
)
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")
PREFIX_DELEGATION = "prefix_delegation"


class PoolWish(Struct, frozen=True, kw_only=True):
    """What a new subnet says of its addresses. `cidr` None: any of the pool with `prefixlen` (None: its default)."""

    network_id: str
    project_id: str
    ip_version: int
    subnetpool_id: str | None
    use_default: bool
    cidr: str | None
    prefixlen: int | None


async def allocate(conn: Connection, wish: PoolWish, reach: str | None) -> tuple[str, SubnetPool | None]:
    """(CIDR, pool) of a new subnet of a network that the caller holds; the pool is None for a CIDR of one's own.

    Raises InvalidInput, SubnetPoolNotFound, SubnetAllocationError, SubnetPoolQuotaExceeded, and the errors of prefix
    lengths and of affinity.
    """
    pool = await _choose_pool(conn, wish, reach)
    await _check_affinity(conn, wish, pool)
    if pool is None:
        return str(wish.cidr), None
    if pool.ip_version != wish.ip_version:
        raise InvalidInput(
            f"ip_version: cannot allocate IPv{wish.ip_version} subnet from IPv{pool.ip_version} subnet pool."
        )
    cut = [(row["cidr"], row["project_id"]) async for row in SQL.subnets_of_pool(conn, id=pool.id)]
    cidr = _cut(pool, wish, [taken for taken, _ in cut])
    if pool.default_quota is not None:
        held = sum(quota_units(taken) for taken, project_id in cut if project_id == wish.project_id)
        if held + quota_units(cidr) > pool.default_quota:
            raise SubnetPoolQuotaExceeded
    return cidr, pool


async def _choose_pool(conn: Connection, wish: PoolWish, reach: str | None) -> SubnetPool | None:
    if wish.subnetpool_id == PREFIX_DELEGATION:
        raise InvalidInput("subnetpool_id: prefix delegation is not offered, OVN's routers do not delegate to subnets.")
    if wish.use_default and wish.subnetpool_id:
        raise InvalidInput("subnetpool_id and use_default_subnetpool cannot both be specified.")
    if wish.cidr is not None and wish.prefixlen is not None:
        raise InvalidInput("cidr and prefixlen must not be supplied together.")
    if wish.use_default:
        pool = await default_pool(conn, wish.ip_version)
        if pool is None:
            raise InvalidInput(f"use_default_subnetpool: no default subnetpool found for IPv{wish.ip_version}.")
        return pool
    if wish.subnetpool_id:
        return await SUBNET_POOLS.fetch_locked(conn, wish.subnetpool_id, reach)
    if wish.cidr is None:
        raise InvalidInput("a subnetpool must be specified in the absence of a cidr (cidr, subnetpool_id).")
    return None


async def _check_affinity(conn: Connection, wish: PoolWish, pool: SubnetPool | None) -> None:
    """Passes when the network's other subnets of the IP version are of the same scope, or else of the same pool."""
    found = [
        (row["subnetpool_id"], row["address_scope_id"])
        async for row in SQL.siblings(conn, network_id=wish.network_id, ip_version=wish.ip_version)
    ]
    scopes = {scope for _, scope in found if scope}
    if scopes:
        if pool is None or pool.address_scope_id not in scopes:
            raise NetworkAddressScopeAffinityError
        return
    if found and {pool_id for pool_id, _ in found} != {pool.id if pool else None}:
        raise NetworkSubnetPoolAffinityError


def _cut(pool: SubnetPool, wish: PoolWish, taken: list[str]) -> str:
    length = pool.default_prefixlen if wish.prefixlen is None else wish.prefixlen
    if wish.cidr is not None:
        length = ipaddress.ip_network(wish.cidr).prefixlen
    if length < pool.min_prefixlen:
        raise MinPrefixSubnetAllocationError(length, pool.min_prefixlen)
    if length > pool.max_prefixlen:
        raise MaxPrefixSubnetAllocationError(length, pool.max_prefixlen)
    if wish.cidr is None:
        cidr = choose_free(pool.prefixes, taken, length)
        if cidr is None:
            raise SubnetAllocationError("Insufficient prefix space to allocate subnet size /" + str(length))
        return cidr
    if not covers(pool.prefixes, wish.cidr) or any(overlaps(wish.cidr, other) for other in taken):
        raise SubnetAllocationError("Cannot allocate requested subnet from the available set of prefixes")
    return wish.cidr
