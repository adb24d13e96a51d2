"""Ports of routed networks: each subnet is reachable in one segment, so that a port's addresses are those of its host's.

A port without a host waits for its addresses until it has one. Source: Networking API v2.0, segment and ip_allocation
extensions.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from northbound.networks.network import Network
from northbound.ports.errors import (
    HostConnectedToMultipleSegments,
    HostNotCompatibleWithFixedIps,
    HostNotConnectedToAnySegment,
)
from northbound.subnets.subnet import Subnet
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")

IMMEDIATE, DEFERRED, NONE = "immediate", "deferred", "none"
Places = Mapping[str, frozenset[str]]
"""Host -> the physical networks that it reaches; a host that nobody knows is not there."""


def is_routed(subnets: Iterable[Subnet]) -> bool:
    return any(subnet.segment_id is not None for subnet in subnets)


def reachable(network: Network, subnets: Sequence[Subnet], host: str, places: Places) -> list[Subnet]:
    """The subnets of a routed network that a port on the host can be in. Pure.

    Raises HostNotConnectedToAnySegment, HostConnectedToMultipleSegments.
    """
    reached = places.get(host, frozenset())
    here = [segment.id for segment in network.segments if segment.physical_network in reached]
    if not here:
        raise HostNotConnectedToAnySegment(host, network.id)
    if len(here) > 1:
        raise HostConnectedToMultipleSegments(host, network.id)
    return [subnet for subnet in subnets if subnet.segment_id == here[0]]


def check_compatible(port_id: str, host: str, held: Iterable[str], fitting: Iterable[Subnet]) -> None:
    """Passes when every subnet of `held` can be reached on the host; raises HostNotCompatibleWithFixedIps."""
    if set(held) - {subnet.id for subnet in fitting}:
        raise HostNotCompatibleWithFixedIps(host, port_id)


async def read_places(conn: Connection, hosts: Iterable[str]) -> Places:
    rows = SQL.physical_networks_of_hosts(conn, hosts=sorted(set(hosts)))
    return {row["host"]: frozenset(row["physical_networks"]) async for row in rows}
