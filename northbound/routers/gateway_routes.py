"""The routers API: several gateways at once, beside external_gateway_info of `routes`, which is the first of them."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import web
from msgspec import UNSET

from identity.callers import caller_of
from identity.policy import authorize_attributes
from northbound.envelope import reply_one
from northbound.networks import store as networks
from northbound.routers import external_gateways, gateway, placement, store
from northbound.routers.errors import InvalidRouterInterface
from northbound.routers.external_gateways import GatewayWish
from northbound.routers.router import Router
from northbound.routers.routes import lock_visible, render, target
from northbound.routers.schema import EveryGateway, GatewayInfo, LeavingGateway, parse_addresses
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import read_body

Change = Callable[[Connection, Router, Sequence[GatewayWish]], Awaitable[None]]


async def add_external_gateways(request: web.Request) -> web.Response:
    return await _change(request, external_gateways.add)


async def update_external_gateways(request: web.Request) -> web.Response:
    return await _change(request, external_gateways.replace)


async def remove_external_gateways(request: web.Request) -> web.Response:
    return await _change(request, external_gateways.remove)


async def _change(request: web.Request, change: Change) -> web.Response:
    named = (await read_body(request)).router.external_gateways
    said = [] if isinstance(named, EveryGateway) else named
    async with writing(request) as conn:
        before = await lock_visible(request, conn)
        wishes = [await _wish(request, conn, before, info) for info in said]
        await change(conn, before, wishes)
        await _set_snat(conn, before, said)
        await gateway.check_routes_remain(conn, before)
        after = await store.fetch_router(conn, before.id, None)
        await placement.place(conn, before.id)
    return reply_one(request, "router", render(request, after))


async def _wish(
    request: web.Request, conn: Connection, router: Router, info: GatewayInfo | LeavingGateway
) -> GatewayWish:
    authorize_attributes(request, info, target(router))
    if not info.network_id:
        raise InvalidRouterInterface("router", "an entry of external_gateways needs a network_id")
    network = await networks.fetch_kept(conn, info.network_id, caller_of(request).reach)
    return GatewayWish(network, parse_addresses(info))


async def _set_snat(conn: Connection, router: Router, said: Sequence[GatewayInfo | LeavingGateway]) -> None:
    """Source NAT is a matter of the whole router; gateways that contradict each other are refused."""
    wanted = {info.enable_snat for info in said if isinstance(info, GatewayInfo) and info.enable_snat is not UNSET}
    if len(wanted) > 1:
        raise InvalidRouterInterface("router", "enable_snat must be the same for all external_gateways of a router")
    for enable_snat in wanted - {router.enable_snat}:
        await store.update_router(conn, router, msgspec.structs.replace(router, enable_snat=enable_snat))
