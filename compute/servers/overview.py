"""What is shown of servers beside their own rows: addresses, security groups, hosts. Read for a whole page at once."""

from collections.abc import Mapping, Sequence

import asyncpg
from msgspec import Struct

from compute.interfaces import store as interfaces
from compute.servers import store
from compute.servers.desired_rows import group_names
from compute.servers.server import Server
from northbound.networks import store as networks
from northbound.ports import store as ports
from northbound.ports.port import Port
from runtime.database import Connection


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
    groups = await group_names(conn, [port.security_groups for port in by_id.values()])
    hosts = await store.select_hosts(conn, [server.host for server in servers if server.host])
    overviews = {}
    for server in servers:
        own = [by_id[card.port_id] for card in cards if card.server_id == server.id and card.port_id in by_id]
        overviews[server.id] = Overview(
            ports=own,
            addresses=addresses_by_network(own, names),
            groups=list(dict.fromkeys(groups[group] for port in own for group in port.security_groups)),
            host=hosts.get(server.host or ""),
        )
    return overviews


async def _network_names(conn: Connection, by_id: Mapping[str, Port]) -> dict[str, str]:
    wanted = sorted({port.network_id for port in by_id.values()})
    return {network.id: network.name for network in await networks.read_networks(conn, wanted)}


def addresses_by_network(own: Sequence[Port], names: Mapping[str, str]) -> dict[str, list[ShownAddress]]:
    """Networks of one name share an entry, as in Nova."""
    shown: dict[str, list[ShownAddress]] = {}
    for port in own:
        fixed = [ShownAddress(address.ip_address, port.mac_address) for address in port.fixed_ips]
        shown.setdefault(names[port.network_id], []).extend(fixed)
    return shown
