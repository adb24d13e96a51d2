"""The floating IPs API."""

from typing import Any

from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize, authorize_attributes
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.floating_ips import association, store
from northbound.floating_ips.floating_ip import (
    FloatingIp,
    FloatingIPNotFound,
    InvalidFloatingIp,
)
from northbound.floating_ips.schema import (
    FloatingIpChanges,
    FloatingIpDraft,
    parse_wish,
    render_floating_ip,
)
from northbound.networks import store as networks
from northbound.ports import store as ports
from northbound.ports.port import Port
from northbound.projects import owner_of
from northbound.qos_policies.assignment import check_change as check_qos_change
from northbound.tags.filters import WORDS, filter_tags
from northbound.writes import writing
from runtime.attributes import given
from runtime.database import Connection
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid


def target(floating_ip: FloatingIp) -> dict[str, Any]:
    return {"project_id": floating_ip.project_id}


async def list_floating_ips(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    page, where = parse_page(request.query, store.LISTING, ignore=WORDS), Where()
    filter_tags(where, request.query, store.TAGS_SQL)
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_floating_ips(conn, page, where, caller.reach)
    return reply_page(request, "floatingips", page, [render_floating_ip(one) for one in found])


async def create_floating_ips(request: web.Request) -> web.Response:
    body = await read_drafts(request, "floatingip", "floatingips")
    wanted = []
    for draft in drafts(body, "floatingip", "floatingips"):
        project_id = owner_of(request, draft)
        authorize(request, {"project_id": project_id})
        authorize_attributes(request, draft, {"project_id": project_id})
        wanted.append((draft, project_id))
    async with writing(request) as conn:
        made = [await _create(request, conn, draft, project_id) for draft, project_id in wanted]
    return reply_created(body, "floatingip", "floatingips", [render_floating_ip(one) for one in made])


async def _create(request: web.Request, conn: Connection, draft: FloatingIpDraft, project_id: str) -> FloatingIp:
    network = await networks.fetch_kept(conn, draft.floating_network_id, caller_of(request).reach)
    floating_ip = await store.allocate(
        conn,
        project_id,
        network,
        parse_wish(draft),
        draft.description,
        str(draft.dns_name or ""),
        str(draft.dns_domain or ""),
    )
    creates(floating_ip.id)
    if draft.qos_policy_id is not None:
        await check_qos_change(conn, None, draft.qos_policy_id, caller_of(request).reach)
        await store.follow(conn, floating_ip, draft.qos_policy_id)
    await _associate(request, conn, floating_ip, draft.port_id, draft.fixed_ip_address)
    return await store.fetch_floating_ip(conn, floating_ip.id, None)


async def show_floating_ip(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        floating_ip = await store.fetch_floating_ip(conn, floating_ip_id_of(request), caller_of(request).reach)
    authorize(request, target(floating_ip))
    return reply_one(request, "floatingip", render_floating_ip(floating_ip))


async def update_floating_ip(request: web.Request) -> web.Response:
    changes: FloatingIpChanges = (await read_body(request)).floatingip
    async with writing(request) as conn:
        before = await lock_visible(request, conn)
        if changes.description is not UNSET:
            await store.update_description(conn, before, changes.description)
        if changes.qos_policy_id is not UNSET:
            await check_qos_change(conn, before.qos_policy_id, changes.qos_policy_id, caller_of(request).reach)
            await store.follow(conn, before, changes.qos_policy_id)
        if not given(changes):
            await association.disassociate(conn, before)
        elif changes.port_id is not UNSET or changes.fixed_ip_address is not UNSET:
            port_id = before.port_id if changes.port_id is UNSET else changes.port_id
            await _associate(request, conn, before, port_id, changes.fixed_ip_address or None)
        after = await store.fetch_floating_ip(conn, before.id, None)
    return reply_one(request, "floatingip", render_floating_ip(after))


async def _associate(
    request: web.Request, conn: Connection, floating_ip: FloatingIp, port_id: str | None, fixed_ip: str | None
) -> None:
    """Makes the association what the body says; a `port_id` of None is none."""
    if port_id is None:
        if fixed_ip is not None:
            raise InvalidFloatingIp("fixed_ip_address cannot be specified without a port_id")
        await association.disassociate(conn, floating_ip)
        return
    await association.associate(conn, floating_ip, await fetch_behind(request, conn, floating_ip, port_id), fixed_ip)


async def fetch_behind(request: web.Request, conn: Connection, floating_ip: FloatingIp, port_id: str) -> Port:
    """The port that the floating IP shall lead to, when the caller may say so and both are of one project."""
    port = await ports.fetch_port(conn, port_id, caller_of(request).reach)
    if port.project_id != floating_ip.project_id:
        raise InvalidFloatingIp(
            f"Port {port_id} is associated with a different tenant than Floating IP {floating_ip.id} and therefore "
            "cannot be bound"
        )
    return port


async def delete_floating_ip(request: web.Request) -> web.Response:
    async with writing(request) as conn:
        await store.delete_floating_ip(conn, await lock_visible(request, conn))
    return no_content()


async def lock_visible(request: web.Request, conn: Connection) -> FloatingIp:
    """The floating IP of the path, locked and read, when the caller may see it and may do what the route does."""
    floating_ip_id = floating_ip_id_of(request)
    await store.lock_floating_ip(conn, floating_ip_id)
    floating_ip = await store.fetch_floating_ip(conn, floating_ip_id, caller_of(request).reach)
    authorize(request, target(floating_ip))
    return floating_ip


def floating_ip_id_of(request: web.Request) -> str:
    return path_uuid(request, "floatingip_id", FloatingIPNotFound)
