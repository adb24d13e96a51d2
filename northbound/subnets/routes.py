"""The subnets API. The network's metadata port follows every change."""

from typing import Any

from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import allowed, authorize, authorize_attributes
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.networks import store as networks
from northbound.networks.network import Network, check_mtu
from northbound.ports import autonomous, metadata
from northbound.projects import owner_of
from northbound.subnet_pools.allocation import PoolWish, allocate
from northbound.subnets import placement, store
from northbound.subnets.drafting import change_subnet, draft_subnet
from northbound.subnets.schema import SubnetDraft, render_subnet
from northbound.subnets.subnet import Subnet, SubnetNotFound
from northbound.tags.filters import WORDS, filter_tags
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid


def _target(subnet: Subnet) -> dict[str, Any]:
    return {"project_id": subnet.project_id, "network_project_id": subnet.network_project_id}


def _render(request: web.Request, subnet: Subnet) -> dict[str, Any]:
    return render_subnet(subnet, segment=allowed(request, "network:get_subnet:segment_id", _target(subnet)))


async def list_subnets(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    hidden = () if allowed(request, "network:get_subnet:segment_id", {}) else ("segment_id",)
    page, where = parse_page(request.query, store.LISTING, ignore=WORDS, hidden=hidden), Where()
    filter_tags(where, request.query, store.TAGS_SQL)
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_subnets(conn, page, where, caller.reach)
    return reply_page(request, "subnets", page, [_render(request, subnet) for subnet in found])


async def create_subnets(request: web.Request) -> web.Response:
    body = await read_drafts(request, "subnet", "subnets")
    wanted = [(draft, owner_of(request, draft)) for draft in drafts(body, "subnet", "subnets")]
    async with writing(request) as conn:
        made = [await _create(request, conn, draft, project_id) for draft, project_id in wanted]
    return reply_created(body, "subnet", "subnets", [_render(request, subnet) for subnet in made])


async def _create(request: web.Request, conn: Connection, draft: SubnetDraft, project_id: str) -> Subnet:
    reach = caller_of(request).reach
    await networks.hold_network(conn, str(draft.network_id))
    network: Network = await networks.fetch_network(conn, str(draft.network_id), reach)
    target = {"project_id": project_id, "network_project_id": network.project_id}
    authorize(request, target)
    authorize_attributes(request, draft, target)
    check_mtu(network.id, network.mtu, [int(draft.ip_version)])
    cidr, pool = await allocate(conn, _wish(draft, project_id), reach)
    subnet = draft_subnet(draft, project_id, cidr, pool.id if pool else None)
    await placement.check_new(conn, network, subnet)
    await store.insert_subnet(conn, subnet)
    creates(subnet.id)
    await metadata.enter_subnet(conn, subnet)
    await autonomous.enter_subnet(conn, subnet)
    return await store.fetch_subnet(conn, subnet.id, None)


def _wish(draft: SubnetDraft, project_id: str) -> PoolWish:
    return PoolWish(
        network_id=str(draft.network_id),
        project_id=project_id,
        ip_version=int(draft.ip_version),
        subnetpool_id=str(draft.subnetpool_id) if draft.subnetpool_id else None,
        use_default=draft.use_default_subnetpool,
        cidr=str(draft.cidr) if draft.cidr else None,
        prefixlen=None if draft.prefixlen is UNSET else int(draft.prefixlen),
    )


async def show_subnet(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        subnet = await store.fetch_subnet(conn, _subnet_id(request), caller_of(request).reach)
    authorize(request, _target(subnet))
    return reply_one(request, "subnet", _render(request, subnet))


async def update_subnet(request: web.Request) -> web.Response:
    subnet_id, caller = _subnet_id(request), caller_of(request)
    changes = (await read_body(request)).subnet
    async with writing(request) as conn:
        await store.lock_subnet(conn, subnet_id)
        before = await store.fetch_subnet(conn, subnet_id, caller.reach)
        authorize(request, _target(before))
        authorize_attributes(request, changes, _target(before))
        after = change_subnet(before, changes)
        if before.segment_id != after.segment_id:
            await placement.check_moved(conn, before, after)
        await store.update_subnet(conn, before, after)
        if before.serves_metadata != after.serves_metadata:
            await (metadata.enter_subnet if after.serves_metadata else metadata.leave_subnet)(conn, after)
        after = await store.fetch_subnet(conn, subnet_id, None)
    return reply_one(request, "subnet", _render(request, after))


async def delete_subnet(request: web.Request) -> web.Response:
    subnet_id, caller = _subnet_id(request), caller_of(request)
    async with writing(request) as conn:
        await autonomous.lock_guests(conn, subnet_id)
        await store.lock_subnet(conn, subnet_id)
        subnet = await store.fetch_subnet(conn, subnet_id, caller.reach)
        authorize(request, _target(subnet))
        await metadata.leave_subnet(conn, subnet)
        await autonomous.leave_subnet(conn, subnet)
        await store.delete_subnet(conn, subnet)
    return no_content()


def _subnet_id(request: web.Request) -> str:
    return path_uuid(request, "subnet_id", SubnetNotFound)
