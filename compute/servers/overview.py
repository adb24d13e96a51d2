"""What is shown of servers beside their own rows: addresses, security groups, hosts. Read for a whole page at once."""

from collections.abc import Mapping, Sequence

import asyncpg
from msgspec import Struct

from compute.interfaces import store as interfaces
from compute.servers import store
from compute.servers.desired_rows import group_names
from compute.servers.server import Server
from northbound.floating_ips import store as floating_ips
from northbound.networks import store as networks
from northbound.ports import store as ports
from northbound.ports.port import Port
from runtime.database import Connection
from runtime.web.listing import Page, Where


class ShownAddress(Struct, frozen=True):
    """`kind` is `fixed` or `floating`."""

    ip: str
    mac: str
    kind: str = "fixed"


class Overview(Struct, frozen=True):
    """`addresses`: network name -> addresses, in the order of the cards. `host` is a row, None while unplaced."""

    ports: list[Port]
    addresses: dict[str, list[ShownAddress]]
    groups: list[str]
    host: asyncpg.Record | None


async def read_overviews(conn: Connection, servers: Sequence[Server]) -> dict[str, Overview]:
    """Server id -> its overview."""
    cards = await interfaces.select_of(conn, [server.id for server in servers])
    port_ids = [card.port_id for card in cards]
    by_id = {port.id: port for port in await ports.read_ports(conn, port_ids)}
    names = await _network_names(conn, by_id)
    floating = await _floating_ips(conn, port_ids)
    groups = await group_names(conn, [port.security_groups for port in by_id.values()])
    hosts = await store.select_hosts(conn, [server.host for server in servers if server.host])
    overviews = {}
    for server in servers:
        own = [by_id[card.port_id] for card in cards if card.server_id == server.id and card.port_id in by_id]
        overviews[server.id] = Overview(
            ports=own,
            addresses=addresses_by_network(own, names, floating),
            groups=list(dict.fromkeys(groups[group] for port in own for group in port.security_groups)),
            host=hosts.get(server.host or ""),
        )
    return overviews


async def _network_names(conn: Connection, by_id: Mapping[str, Port]) -> dict[str, str]:
    wanted = sorted({port.network_id for port in by_id.values()})
    return {network.id: network.name for network in await networks.read_networks(conn, wanted)}


async def _floating_ips(conn: Connection, port_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """(port id, fixed address) -> the floating address that stands for it."""
    where = Where()
    where.add("f.fixed_port_id = ANY({}::uuid[])", list(port_ids))
    found = await floating_ips.list_floating_ips(conn, Page(), where, None)
    return {(str(one.port_id), str(one.fixed_ip_address)): one.floating_ip_address for one in found}


def addresses_by_network(
    own: Sequence[Port], names: Mapping[str, str], floating: Mapping[tuple[str, str], str]
) -> dict[str, list[ShownAddress]]:
    """Network name -> addresses; networks of one name share an entry, and a floating address stands at the network
    of its fixed one, both as in Nova. `names` are by network id, `floating` by port id and fixed address."""
    shown: dict[str, list[ShownAddress]] = {}
    for port in own:
        here = shown.setdefault(names[port.network_id], [])
        for fixed in port.fixed_ips:
            here.append(ShownAddress(fixed.ip_address, port.mac_address))
            if outside := floating.get((port.id, fixed.ip_address)):
                here.append(ShownAddress(outside, port.mac_address, kind="floating"))
    return shown
