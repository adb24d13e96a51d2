"""What a subnet pool's own routes do beside those of every noun: its prefixes grow, shrink, and take subnets in."""

from typing import Any

from aiohttp import web

from identity.callers import caller_of
from identity.policy import authorize
from northbound.networks import store as networks
from northbound.nouns.noun import owned
from northbound.subnet_pools.drafting import read_prefixes, with_prefixes
from northbound.subnet_pools.onboarding import onboard
from northbound.subnet_pools.prefixes import merged, without
from northbound.subnet_pools.store import SQL, SUBNET_POOLS, replace_prefixes
from northbound.subnet_pools.subnet_pool import (
    IllegalSubnetPoolPrefixUpdate,
    PrefixVersionMismatch,
    SubnetPool,
    SubnetPoolNotFound,
)
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import read_body, reply
from runtime.web.routes import path_uuid


async def _fetch(request: web.Request, conn: Connection) -> SubnetPool:
    pool_id = path_uuid(request, "resource_id", SubnetPoolNotFound)
    pool = await SUBNET_POOLS.fetch_locked(conn, pool_id, caller_of(request).reach)
    authorize(request, owned(pool))
    return pool


async def add_prefixes(request: web.Request) -> web.Response:
    added = read_prefixes((await read_body(request)).prefixes)
    async with writing(request) as conn:
        pool = await _fetch(request, conn)
        _check_version(pool, added)
        wanted = with_prefixes(pool, merged([*pool.prefixes, *added])).prefixes
        return _shown(await replace_prefixes(conn, pool, wanted, caller_of(request)))


async def remove_prefixes(request: web.Request) -> web.Response:
    removed = read_prefixes((await read_body(request)).prefixes)
    async with writing(request) as conn:
        pool = await _fetch(request, conn)
        _check_version(pool, removed)
        if subnet := await SQL.subnet_among(conn, id=pool.id, prefixes=removed):
            raise IllegalSubnetPoolPrefixUpdate(f"subnet {subnet} is allocated from them (prefixes)")
        wanted = with_prefixes(pool, without(pool.prefixes, removed)).prefixes
        return _shown(await replace_prefixes(conn, pool, wanted, caller_of(request)))


async def onboard_network_subnets(request: web.Request) -> web.Response:
    body, caller = await read_body(request), caller_of(request)
    async with writing(request) as conn:
        pool = await _fetch(request, conn)
        network = await networks.fetch_network(conn, str(body.network_id), caller.reach)
        authorize(request, {"project_id": network.project_id}, rule="network:update_network")
        await onboard(conn, pool, network.id, caller)
        return _shown(await SUBNET_POOLS.fetch(conn, pool.id, None))


def _check_version(pool: SubnetPool, prefixes: list[str]) -> None:
    if any((":" in prefix) != (pool.ip_version == 6) for prefix in prefixes):
        raise PrefixVersionMismatch


def _shown(pool: SubnetPool) -> web.Response:
    shown: dict[str, Any] = {"prefixes": pool.prefixes}
    return reply(shown)
