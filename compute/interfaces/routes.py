"""/servers/{id}/os-interface: the network cards of a server, plugged and unplugged while it runs."""

from typing import Any

from aiohttp import web

from compute.interfaces import store
from compute.interfaces.schema import SINCE, Attachment, check_attachment
from compute.interfaces.store import Card
from compute.servers import changes
from compute.servers.access import fetch_server, lock_server, requester_of
from compute.servers.networking import choose_nics, chooser, plug
from compute.servers.schema import MOST_CARDS, WantedNetwork
from compute.servers.writes import changing
from compute.versions.microversions import at_least, refuse_until
from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import POLICY
from northbound.ports import store as ports
from northbound.ports.port import Port
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.bodies import read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.routes import path_uuid

TAGS_SHOWN_SINCE = 70


async def list_interfaces(request: web.Request) -> web.Response:
    async with request.app[DATABASE].snapshot() as conn:
        server = await fetch_server(request, conn)
        cards = await store.select_of(conn, [server.id])
        by_id = await _ports(conn, cards)
    shown = [render_card(request, card, by_id[card.port_id]) for card in cards if card.port_id in by_id]
    return reply({"interfaceAttachments": shown})


async def _ports(conn: Connection, cards: list[Card]) -> dict[str, Port]:
    return {port.id: port for port in await ports.read_ports(conn, [card.port_id for card in cards])}


def render_card(request: web.Request, card: Card, port: Port) -> dict[str, Any]:
    shown = {
        "port_id": port.id,
        "net_id": port.network_id,
        "mac_addr": port.mac_address,
        "port_state": port.status,
        "fixed_ips": [{"subnet_id": fixed.subnet_id, "ip_address": fixed.ip_address} for fixed in port.fixed_ips],
    }
    return shown | ({"tag": card.tag} if at_least(request, TAGS_SHOWN_SINCE) else {})


async def show_interface(request: web.Request) -> web.Response:
    port_id = path_uuid(request, "port_id", store.CardNotFound)
    async with request.app[DATABASE].snapshot() as conn:
        server = await fetch_server(request, conn)
        card = await store.fetch(conn, server.id, port_id)
        by_id = await _ports(conn, [card])
    if port_id not in by_id:
        raise store.CardNotFound(port_id)
    return reply({"interfaceAttachment": render_card(request, card, by_id[port_id])})


async def attach_interface(request: web.Request) -> web.Response:
    """The port is bound and the server's next generation wants it, in one transaction; the agent plugs it."""
    wanted: Attachment = (await read_body(request)).interfaceAttachment
    refuse_until(request, wanted, SINCE, "interfaceAttachment")
    check_attachment(wanted)
    caller = caller_of(request)
    async with changing(request) as conn:
        server = await lock_server(request, conn)
        changes.check_cards_changeable(server, "attach_interface")
        if len(await store.select_of(conn, [server.id])) >= MOST_CARDS:
            raise BadRequest(f"A server has at most {MOST_CARDS} network interfaces.")
        networks = _wanted_network(wanted)
        may_choose = chooser(request.app[POLICY], caller)
        nics = await choose_nics(conn, networks, [], server.project_id, caller.reach, may_choose)
        if not nics:
            raise BadRequest("The project has no network to attach.")
        card = await plug(conn, server, nics[0], caller.reach)
        creates(card.port_id)
        await changes.change_cards(conn, server, "attach_interface", card.port_id, requester_of(request))
        by_id = await _ports(conn, [card])
    return reply({"interfaceAttachment": render_card(request, card, by_id[card.port_id])})


def _wanted_network(wanted: Attachment) -> list[WantedNetwork]:
    if wanted.port_id is None and wanted.net_id is None:
        return []
    fixed_ip = wanted.fixed_ips[0].ip_address if wanted.fixed_ips else None
    return [WantedNetwork(uuid=wanted.net_id, port=wanted.port_id, fixed_ip=fixed_ip, tag=wanted.tag)]


async def detach_interface(request: web.Request) -> web.Response:
    """The card is not desired any more; its port is let go when the agent has taken it out."""
    port_id = path_uuid(request, "port_id", store.CardNotFound)
    async with changing(request) as conn:
        server = await lock_server(request, conn)
        changes.check_cards_changeable(server, "detach_interface")
        await store.leave(conn, server.id, port_id)
        await changes.change_cards(conn, server, "detach_interface", port_id, requester_of(request))
    return web.Response(status=202)
