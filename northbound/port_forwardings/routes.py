"""The port forwardings API, below a floating IP."""

import uuid
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from northbound.envelope import reply_one, reply_page
from northbound.floating_ips import association
from northbound.floating_ips import store as floating_ips
from northbound.floating_ips.floating_ip import FloatingIp, FloatingIPPortAlreadyAssociated
from northbound.floating_ips.routes import fetch_behind, floating_ip_id_of, lock_visible, target
from northbound.port_forwardings import store
from northbound.port_forwardings.errors import InvalidPortForwarding, PortForwardingNotFound
from northbound.port_forwardings.forwarding import PortForwarding, check_ports
from northbound.port_forwardings.schema import (
    ForwardingChanges,
    ForwardingDraft,
    needed_ports,
    parse_ports,
    render_forwarding,
)
from northbound.ports.port import FixedIp, Port
from northbound.routers import store as routers
from northbound.routers.router import check_forwarding
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid


async def list_forwardings(request: web.Request) -> web.Response:
    page = parse_page(request.query, store.LISTING)
    async with request.app[DATABASE].connection() as conn:
        floating_ip = await _fetch_visible(request, conn)
        found = await store.list_forwardings(conn, floating_ip.id, page, Where())
    return reply_page(request, "port_forwardings", page, [render_forwarding(one) for one in found])


async def show_forwarding(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        floating_ip = await _fetch_visible(request, conn)
        forwarding = await store.fetch_forwarding(conn, floating_ip.id, _forwarding_id(request))
    return reply_one(request, "port_forwarding", render_forwarding(forwarding))


async def create_forwarding(request: web.Request) -> web.Response:
    draft: ForwardingDraft = (await read_body(request)).port_forwarding
    external, internal = needed_ports(draft, "external"), needed_ports(draft, "internal")
    check_ports(external, internal)
    async with writing(request) as conn:
        floating_ip = await lock_visible(request, conn)
        place = await _place(request, conn, floating_ip, draft.internal_port_id, draft.internal_ip_address or None)
        wanted = PortForwarding(
            id=str(uuid.uuid4()),
            floating_ip_id=floating_ip.id,
            protocol=draft.protocol,
            external_from=external.first,
            external_to=external.last,
            internal_from=internal.first,
            internal_to=internal.last,
            description=draft.description,
            **place,
        )
        await store.insert_forwarding(conn, floating_ip, wanted)
        creates(wanted.id)
        made = await store.fetch_forwarding(conn, floating_ip.id, wanted.id)
    return reply_one(request, "port_forwarding", render_forwarding(made), 201)


async def update_forwarding(request: web.Request) -> web.Response:
    changes: ForwardingChanges = (await read_body(request)).port_forwarding
    async with writing(request) as conn:
        floating_ip = await lock_visible(request, conn)
        before = await store.fetch_forwarding(conn, floating_ip.id, _forwarding_id(request))
        wanted = _with_ports(before, changes)
        if changes.internal_port_id != UNSET or changes.internal_ip_address != UNSET:
            port_id = changes.internal_port_id or before.internal_port_id
            place = await _place(request, conn, floating_ip, port_id, changes.internal_ip_address or None)
            wanted = msgspec.structs.replace(wanted, **place)
        await store.update_forwarding(conn, floating_ip, wanted)
        after = await store.fetch_forwarding(conn, floating_ip.id, before.id)
    return reply_one(request, "port_forwarding", render_forwarding(after))


def _with_ports(before: PortForwarding, changes: ForwardingChanges) -> PortForwarding:
    said: dict[str, Any] = {
        name: value for name in ("protocol", "description") if (value := getattr(changes, name)) is not UNSET
    }
    for side in ("external", "internal"):
        if ports := parse_ports(changes, side):
            said |= {f"{side}_from": ports.first, f"{side}_to": ports.last}
    after = msgspec.structs.replace(before, **said)
    check_ports(after.external, after.internal)
    return after


async def delete_forwarding(request: web.Request) -> web.Response:
    async with writing(request) as conn:
        floating_ip = await lock_visible(request, conn)
        await store.delete_forwarding(conn, await store.fetch_forwarding(conn, floating_ip.id, _forwarding_id(request)))
    return no_content()


async def _place(
    request: web.Request, conn: Connection, floating_ip: FloatingIp, port_id: str, address: str | None
) -> dict[str, str]:
    """Where a forwarding leads to, and the router's two ports on the way."""
    port = await fetch_behind(request, conn, floating_ip, port_id)
    inside = _choose_address(port, address)
    if floating_ip.port_id is not None:
        raise FloatingIPPortAlreadyAssociated(
            floating_ip.floating_ip_address,
            floating_ip.id,
            port.id,
            inside.ip_address,
            floating_ip.floating_network_id,
        )
    way = await association.find_way_out(conn, inside.subnet_id, floating_ip)
    if way is None:
        raise InvalidPortForwarding(
            f"External network {floating_ip.floating_network_id} is not reachable from subnet {inside.subnet_id}. Cannot "
            f"set Port forwarding for port {port.id} with Floating IP {floating_ip.id}"
        )
    if floating_ip.router_id not in (None, way.router_id):
        raise InvalidPortForwarding(
            f"The Floating IP {floating_ip.id} had been set on router {floating_ip.router_id}, the internal Neutron port "
            f"{port.id} can not reach it"
        )
    check_forwarding(await routers.fetch_router(conn, way.router_id, None))
    return {
        "internal_port_id": port.id,
        "internal_subnet_id": inside.subnet_id,
        "internal_ip_address": inside.ip_address,
        "interface_port_id": way.interface_port_id,
        "gateway_port_id": way.gateway_port_id,
    }


def _choose_address(port: Port, wanted: str | None) -> FixedIp:
    """The address of the port that is wanted, else its first IPv4 one."""
    ipv4 = association.ipv4_of(port)
    if not ipv4:
        raise InvalidPortForwarding(
            f"Requested internal port {port.id} must allocate an IPv4 address at least (internal_port_id)"
        )
    chosen = [fixed for fixed in ipv4 if wanted in (None, fixed.ip_address)]
    if not chosen:
        raise InvalidPortForwarding(
            f"Requested internal IP address {wanted} is not suitable for internal neutron port {port.id}, as its "
            f"addresses are {', '.join(fixed.ip_address for fixed in ipv4)} (internal_ip_address)"
        )
    return chosen[0]


async def _fetch_visible(request: web.Request, conn: Connection) -> FloatingIp:
    floating_ip = await floating_ips.fetch_floating_ip(conn, floating_ip_id_of(request), caller_of(request).reach)
    authorize(request, target(floating_ip))
    return floating_ip


def _forwarding_id(request: web.Request) -> str:
    return path_uuid(request, "port_forwarding_id", PortForwardingNotFound)
