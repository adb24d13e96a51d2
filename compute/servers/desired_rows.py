"""Reads the rows of which the desired state of servers is assembled."""

from collections.abc import Iterable, Sequence

from compute.interfaces import store as interfaces
from compute.messages import DesiredServer
from compute.servers import store
from compute.servers.desired import assemble
from compute.servers.server import Server
from northbound.ports import store as ports
from northbound.ports.wiring import read_metadata_wiring, read_wiring
from northbound.security_groups import store as security_groups
from runtime.database import Connection


async def read_desired(
    conn: Connection, servers: Sequence[Server], *, request_id: str | None = None
) -> list[DesiredServer]:
    """What the agents of `servers` are to be told, in their order; read in one snapshot for one truth.

    A server that is leaving or has no host is desired nowhere and must not be among them.
    """
    cards = await interfaces.select_of(conn, [server.id for server in servers])
    port_ids = [card.port_id for card in cards]
    wirings = {wiring.port_id: wiring for wiring in await read_wiring(conn, port_ids)}
    networks = list(dict.fromkeys(wiring.network_id for wiring in wirings.values()))
    metadata = {wiring.network_id: wiring for wiring in await read_metadata_wiring(conn, networks) if wiring.ips}
    groups_of = {port.id: port.security_groups for port in await ports.read_ports(conn, port_ids)}
    hosts = await store.select_hosts(conn, [server.host for server in servers if server.host])
    names = await group_names(conn, groups_of.values())
    desired = []
    for server in servers:
        own = [card.port_id for card in cards if card.server_id == server.id and card.port_id in wirings]
        groups = dict.fromkeys(names[group] for port in own for group in groups_of.get(port, []))
        desired.append(
            assemble(
                server,
                zone=hosts[server.host or ""]["availability_zone"],
                wirings=[wirings[port] for port in own],
                metadata=metadata,
                group_names=list(groups),
                request_id=request_id,
            )
        )
    return desired


async def group_names(conn: Connection, groups: Iterable[Sequence[str]]) -> dict[str, str]:
    """The names of security groups by id."""
    wanted = sorted({group for of_port in groups for group in of_port})
    return {group.id: group.name for group in await security_groups.read_groups(conn, wanted)}
