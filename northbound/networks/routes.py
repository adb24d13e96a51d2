"""The networks API. A network comes with its metadata port and goes with its subnets."""

from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import allowed, authorize, authorize_attributes
from northbound.availability_zones.store import read_zones
from northbound.availability_zones.zones import NETWORK, Zone, check_hints, zones_of
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.networks import store
from northbound.networks.drafting import change_network, draft_network
from northbound.networks.filters import WORDS as PROVIDER_WORDS
from northbound.networks.filters import filter_segments
from northbound.networks.network import Network, NetworkNotFound
from northbound.networks.removal import remove_network
from northbound.networks.schema import NetworkDraft, render_network
from northbound.ports.metadata import insert_metadata_port
from northbound.projects import owner_of
from northbound.qos_policies import assignment as qos
from northbound.security_groups.store import ensure_default
from northbound.tags.filters import WORDS, filter_tags
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid


def _target(network: Network) -> dict[str, Any]:
    return {"project_id": network.project_id, "shared": network.shared, "external": network.external}


def _render(request: web.Request, network: Network, zones: Sequence[Zone]) -> dict[str, Any]:
    provider = allowed(request, "network:get_network:provider", _target(network))
    return render_network(network, zones_of(network, zones), provider=provider)


async def list_networks(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id, "shared": True})
    hidden = () if allowed(request, "network:get_network:provider", {}) else PROVIDER_WORDS
    page = parse_page(request.query, store.LISTING, ignore=WORDS | PROVIDER_WORDS, hidden=hidden)
    where = Where()
    filter_tags(where, request.query, store.TAGS_SQL)
    filter_segments(where, request.query)
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_networks(conn, page, where, caller.reach)
        zones = await read_zones(conn)
    return reply_page(request, "networks", page, [_render(request, network, zones) for network in found])


async def create_networks(request: web.Request) -> web.Response:
    body = await read_drafts(request, "network", "networks")
    wanted = []
    for draft in drafts(body, "network", "networks"):
        project_id = owner_of(request, draft)
        authorize(request, {"project_id": project_id})
        authorize_attributes(request, draft, {"project_id": project_id})
        wanted.append((draft, draft_network(draft, project_id)))
    async with writing(request) as conn:
        made, zones = [], await read_zones(conn)
        for draft, wish in wanted:
            network = await _with_qos(conn, draft, wish, caller_of(request).reach)
            check_hints(network.availability_zone_hints, zones, NETWORK)
            await ensure_default(conn, network.project_id)
            await store.insert_network(conn, network)
            await insert_metadata_port(conn, network)
            creates(network.id)
            made.append(await store.fetch_network(conn, network.id, None))
    return reply_created(body, "network", "networks", [_render(request, network, zones) for network in made])


async def _with_qos(conn: Connection, body: NetworkDraft, network: Network, reach: str | None) -> Network:
    """The network with the policy that it says, else with its project's default one."""
    if body.qos_policy_id is UNSET:
        return msgspec.structs.replace(network, qos_policy_id=await qos.find_default(conn, network.project_id))
    await qos.check_change(conn, None, network.qos_policy_id, reach)
    return network


async def show_network(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        network = await store.fetch_network(conn, _network_id(request), caller_of(request).reach)
        zones = await read_zones(conn)
    authorize(request, _target(network))
    return reply_one(request, "network", _render(request, network, zones))


async def update_network(request: web.Request) -> web.Response:
    network_id, caller = _network_id(request), caller_of(request)
    changes = (await read_body(request)).network
    async with writing(request) as conn:
        await store.lock_network(conn, network_id)
        before = await store.fetch_network(conn, network_id, caller.reach)
        authorize(request, _target(before))
        authorize_attributes(request, changes, _target(before))
        wanted = change_network(before, changes)
        await qos.check_change(conn, before.qos_policy_id, wanted.qos_policy_id, caller.reach)
        await store.update_network(conn, before, wanted)
        if before.qos_policy_id != wanted.qos_policy_id:
            await qos.mark_network_followers(conn, network_id)
        after = await store.fetch_network(conn, network_id, None)
        zones = await read_zones(conn)
    return reply_one(request, "network", _render(request, after, zones))


async def delete_network(request: web.Request) -> web.Response:
    network_id, caller = _network_id(request), caller_of(request)
    async with writing(request) as conn:
        await store.lock_network(conn, network_id)
        network = await store.fetch_network(conn, network_id, caller.reach)
        authorize(request, _target(network))
        await remove_network(conn, network)
    return no_content()


def _network_id(request: web.Request) -> str:
    return path_uuid(request, "network_id", NetworkNotFound)
