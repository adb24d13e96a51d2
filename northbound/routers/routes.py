"""The routers API: routers with their gateway and extra routes. Interfaces are in `interface_routes`, several gateways in
`gateway_routes`.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import allowed, authorize, authorize_attributes
from northbound.availability_zones.store import read_zones
from northbound.availability_zones.zones import ROUTER, check_hints
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.networks import store as networks
from northbound.projects import owner_of
from northbound.qos_policies import assignment as qos
from northbound.routers import gateway, placement, store
from northbound.routers.errors import (
    InvalidRouterInterface,
    RouterInUse,
    RouterNotFound,
    RoutesExhausted,
)
from northbound.routers.router import (
    MOST_EXTRA_ROUTES,
    ExtraRoute,
    Router,
    check_extra_routes,
)
from northbound.routers.schema import (
    OneGatewayInfo,
    RouterChanges,
    RouterDraft,
    parse_addresses,
    parse_routes,
    render_router,
)
from northbound.routers.settings import ROUTERS
from northbound.tags.filters import WORDS, filter_tags
from northbound.writes import writing
from runtime.attributes import given
from runtime.database import Connection
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid

PLAIN = ("name", "description", "admin_state_up")
SETTABLE = ("distributed", "enable_default_route_ecmp", "enable_default_route_bfd")
"""Attributes of which null, as clients send it, says nothing. `ha` is none of them: whatever is asked for, every router
is highly available, as with Neutron's OVN driver."""


def target(router: Router) -> dict[str, Any]:
    return {"project_id": router.project_id}


def render(request: web.Request, router: Router) -> dict[str, Any]:
    return render_router(router, placement=allowed(request, "network:get_router:placement", target(router)))


async def list_routers(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    page, where = parse_page(request.query, store.LISTING, ignore=WORDS), Where()
    filter_tags(where, request.query, store.TAGS_SQL)
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_routers(conn, page, where, caller.reach)
    return reply_page(request, "routers", page, [render(request, router) for router in found])


async def create_routers(request: web.Request) -> web.Response:
    body = await read_drafts(request, "router", "routers")
    wanted = [(draft, _draft_router(request, draft)) for draft in drafts(body, "router", "routers")]
    async with writing(request) as conn:
        zones = await read_zones(conn)
        for _, router in wanted:
            check_hints(router.availability_zone_hints, zones, ROUTER)
        made = [await _create(request, conn, draft, router) for draft, router in wanted]
        await placement.place(conn, *(router.id for router in made))
    return reply_created(body, "router", "routers", [render(request, router) for router in made])


def _draft_router(request: web.Request, draft: RouterDraft) -> Router:
    project_id = owner_of(request, draft)
    authorize(request, {"project_id": project_id})
    authorize_attributes(request, draft, {"project_id": project_id})
    return Router(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=draft.name,
        description=draft.description,
        admin_state_up=draft.admin_state_up,
        availability_zone_hints=list(dict.fromkeys(draft.availability_zone_hints)),
        **{"distributed": request.app[ROUTERS].distributed, **_settings(draft)},
    )


def _settings(body: RouterDraft | RouterChanges) -> dict[str, bool]:
    return {name: value for name in SETTABLE if (value := getattr(body, name)) not in (None, UNSET)}


async def _create(request: web.Request, conn: Connection, draft: RouterDraft, router: Router) -> Router:
    await store.insert_router(conn, router)
    creates(router.id)
    if draft.external_gateway_info is not None:
        await _apply_gateway(request, conn, router, draft.external_gateway_info)
    return await store.fetch_router(conn, router.id, None)


async def show_router(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        router = await store.fetch_router(conn, router_id_of(request), caller_of(request).reach)
    authorize(request, target(router))
    return reply_one(request, "router", render(request, router))


async def update_router(request: web.Request) -> web.Response:
    changes: RouterChanges = (await read_body(request)).router
    async with writing(request) as conn:
        before = await lock_visible(request, conn)
        authorize_attributes(request, changes, target(before))
        if changes.external_gateway_info is not UNSET:
            await _apply_gateway(request, conn, before, changes.external_gateway_info)
        router = await store.fetch_router(conn, before.id, None)
        plain = {name: value for name, value in given(changes).items() if name in PLAIN}
        await store.update_router(conn, router, msgspec.structs.replace(router, **plain, **_settings(changes)))
        if changes.routes is not UNSET:
            await _replace_routes(conn, before.id, parse_routes(changes.routes))
        elif changes.external_gateway_info is not UNSET:
            await gateway.check_routes_remain(conn, before)
        after = await store.fetch_router(conn, before.id, None)
        await store.check_forwardings(conn, after)
        if changes.external_gateway_info is not UNSET:
            await placement.place(conn, before.id)
    return reply_one(request, "router", render(request, after))


async def _apply_gateway(request: web.Request, conn: Connection, router: Router, info: OneGatewayInfo | None) -> None:
    """Makes the gateway what the body says: `{}` and null take it away, a network that is left out is the same one."""
    if info is None or not given(info):
        await gateway.clear_gateway(conn, router)
        return
    authorize_attributes(request, info, target(router))
    network_id = info.network_id or (router.gateway.network_id if router.gateway else None)
    if network_id is None:
        raise InvalidRouterInterface("router", "external_gateway_info needs a network_id")
    network = await networks.fetch_kept(conn, network_id, caller_of(request).reach)
    await gateway.set_gateway(conn, router, network, parse_addresses(info))
    if info.qos_policy_id is not UNSET:
        now = await store.fetch_router(conn, router.id, None)
        if now.gateway is not None:
            await qos.follow_port(conn, now.gateway.port_id, info.qos_policy_id, caller_of(request).reach)
    if info.enable_snat is not UNSET and info.enable_snat != router.enable_snat:
        await store.update_router(conn, router, msgspec.structs.replace(router, enable_snat=info.enable_snat))


async def _replace_routes(conn: Connection, router_id: str, routes: Sequence[ExtraRoute]) -> None:
    router = await store.fetch_router(conn, router_id, None)
    if len(routes) > MOST_EXTRA_ROUTES:
        raise RoutesExhausted(router_id, MOST_EXTRA_ROUTES)
    check_extra_routes(router, routes)
    await store.update_router(conn, router, msgspec.structs.replace(router, extra_routes=list(routes)))


async def delete_router(request: web.Request) -> web.Response:
    async with writing(request) as conn:
        router = await lock_visible(request, conn)
        if router.interfaces:
            raise RouterInUse(router.id)
        await gateway.remove_gateways(conn, router, router.gateways)
        await store.delete_router(conn, router)
    return no_content()


async def add_extraroutes(request: web.Request) -> web.Response:
    return await _edit_routes(request, lambda held, said: [*held, *(route for route in said if route not in held)])


async def remove_extraroutes(request: web.Request) -> web.Response:
    return await _edit_routes(request, lambda held, said: [route for route in held if route not in said])


async def _edit_routes(
    request: web.Request, edit: Callable[[list[ExtraRoute], list[ExtraRoute]], list[ExtraRoute]]
) -> web.Response:
    said = parse_routes((await read_body(request)).router.routes)
    async with writing(request) as conn:
        router = await lock_visible(request, conn)
        await _replace_routes(conn, router.id, edit(router.extra_routes, said))
        after = await store.fetch_router(conn, router.id, None)
    return reply_one(request, "router", render(request, after))


async def lock_visible(request: web.Request, conn: Connection) -> Router:
    """The router of the path, locked and read, when the caller may see it and may do what the route does."""
    router_id = router_id_of(request)
    await store.lock_router(conn, router_id)
    router = await store.fetch_router(conn, router_id, caller_of(request).reach)
    authorize(request, target(router))
    return router


def router_id_of(request: web.Request) -> str:
    return path_uuid(request, "router_id", RouterNotFound)
