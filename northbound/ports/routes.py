"""The ports API."""

from typing import Any

from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import allowed, authorize, authorize_attributes
from northbound.addresses import store as addresses
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.networks.network import Network
from northbound.ports import store
from northbound.ports.devices import check_device
from northbound.ports.drafting import MANAGED_OWNERS, change_port, check_owner, draft_port, names_addresses, requests
from northbound.ports.errors import PortNotFound, ServicePortInUse
from northbound.ports.filters import WORDS as PORT_WORDS
from northbound.ports.filters import filter_ports
from northbound.ports.making import PORT_MAKER
from northbound.ports.orders import Order
from northbound.ports.port import NETWORK_OWNER_PREFIX, Port
from northbound.ports.schema import PortBody, PortChanges, render_port
from northbound.previews.asking import is_dry_run
from northbound.projects import owner_of
from northbound.qos_policies.assignment import check_change as check_qos_change
from northbound.security_groups import store as security_groups
from northbound.tags.filters import WORDS as TAG_WORDS
from northbound.tags.filters import filter_tags
from northbound.trunks import membership
from northbound.writes import writing
from runtime.database import Connection
from runtime.errors import Forbidden
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid

BINDING = "network:get_port:binding"


def _target(port: Port) -> dict[str, Any]:
    return {"project_id": port.project_id, "network_project_id": port.network_project_id}


async def _render(request: web.Request, conn: Connection, *ports: Port) -> list[dict[str, Any]]:
    """Ports as the caller may see them, with what is read beside them."""
    ids = [port.id for port in ports]
    trunks, parents = await membership.read_details(conn, ids), await membership.read_parents(conn, ids)
    return [
        render_port(
            port,
            binding=allowed(request, BINDING, _target(port)),
            trunk=trunks.get(port.id),
            parent=parents.get(port.id),
        )
        for port in ports
    ]


def _require(request: web.Request, rule: str, target: dict[str, Any], attribute: str) -> None:
    if not allowed(request, rule, target):
        raise Forbidden(f"Policy does not allow setting '{attribute}' ({rule}).")


async def list_ports(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    hidden = () if allowed(request, BINDING, {}) else ("binding:host_id",)
    page, where = parse_page(request.query, store.LISTING, ignore=TAG_WORDS | PORT_WORDS, hidden=hidden), Where()
    filter_tags(where, request.query, store.TAGS_SQL)
    filter_ports(where, request.query)
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_ports(conn, page, where, caller.reach)
        shown = await _render(request, conn, *found)
    return reply_page(request, "ports", page, shown)


async def create_ports(request: web.Request) -> web.Response:
    body, reach = await read_drafts(request, "port", "ports"), caller_of(request).reach
    orders = [_order(request, draft) for draft in drafts(body, "port", "ports")]
    if len(orders) == 1 and not is_dry_run(request):
        made = [await request.app[PORT_MAKER].make(orders[0], reach)]
    else:
        async with writing(request) as conn:
            made = await store.create_ports(conn, orders, reach)
            creates(*(port.id for port in made))
    shown = [render_port(port, binding=allowed(request, BINDING, _target(port))) for port in made]
    return reply_created(body, "port", "ports", shown)


def _order(request: web.Request, body: PortBody) -> Order:
    project_id = owner_of(request, body)

    def permit(network: Network) -> None:
        target = {"project_id": project_id, "network_project_id": network.project_id}
        authorize(request, target)
        authorize_attributes(request, body, target)
        if body.device_owner.startswith(NETWORK_OWNER_PREFIX):
            _require(request, "network:set_port:trusted_owner", target, "device_owner")
        if body.fixed_ips is not UNSET and names_addresses(body.fixed_ips):
            _require(request, "network:set_port:ip_address", target, "fixed_ips")
        check_owner(body.device_owner)

    return Order(draft_port(body), project_id, permit, request["request_id"])


async def show_port(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        port = await store.fetch_port(conn, _port_id(request), caller_of(request).reach)
        authorize(request, _target(port))
        (shown,) = await _render(request, conn, port)
    return reply_one(request, "port", shown)


async def update_port(request: web.Request) -> web.Response:
    port_id, caller = _port_id(request), caller_of(request)
    changes = (await read_body(request)).port
    async with writing(request) as conn:
        await store.lock_port(conn, port_id)
        before = await store.fetch_port(conn, port_id, caller.reach)
        authorize(request, _target(before))
        _authorize_changes(request, before, changes)
        another_mac = await addresses.make_mac(conn) if changes.mac_address is None else ""
        after = change_port(before, changes, another_mac)
        if after.device_id != before.device_id:
            await check_device(conn, after.device_id, caller.reach)
        entered = [group for group in after.security_groups if group not in before.security_groups]
        await security_groups.check_usable(conn, entered, caller.reach)
        if entered:
            await security_groups.check_alike(conn, after.security_groups)
        await check_qos_change(conn, before.qos_policy_id, after.qos_policy_id, caller.reach)
        wanted = None if changes.fixed_ips is UNSET else requests(changes.fixed_ips)
        after = await store.update_port(conn, before, after, wanted)
        (shown,) = await _render(request, conn, after)
    return reply_one(request, "port", shown)


def _authorize_changes(request: web.Request, port: Port, changes: PortChanges) -> None:
    target = _target(port)
    authorize_attributes(request, changes, target)
    owner = port.device_owner if changes.device_owner is UNSET else changes.device_owner
    if owner != port.device_owner and NETWORK_OWNER_PREFIX in (owner[:8], port.device_owner[:8]):
        _require(request, "network:set_port:trusted_owner", target, "device_owner")
    held = [fixed.ip_address for fixed in port.fixed_ips]
    if changes.fixed_ips is not UNSET and names_addresses(changes.fixed_ips, held):
        _require(request, "network:set_port:ip_address", target, "fixed_ips")


async def delete_port(request: web.Request) -> web.Response:
    port_id, caller = _port_id(request), caller_of(request)
    async with writing(request) as conn:
        await store.lock_port(conn, port_id)
        port = await store.fetch_port(conn, port_id, caller.reach)
        authorize(request, _target(port))
        if port.device_owner in MANAGED_OWNERS:
            raise ServicePortInUse(port.id, port.device_owner)
        await membership.check_removable(conn, port_id)
        await store.delete_port(conn, port_id)
    return no_content()


def _port_id(request: web.Request) -> str:
    return path_uuid(request, "port_id", PortNotFound)
