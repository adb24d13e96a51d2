"""Subnets of one segment: on a routed network each subnet is reachable in one segment, and routers join them.

Source: Networking API v2.0, segment extension; ovn-mapping section 4.
"""

from northbound.networks import store as networks
from northbound.networks.network import Network
from northbound.networks.segment import SegmentNotFound
from northbound.subnets.store import subnets_of_network
from northbound.subnets.subnet import (
    NetworkIdsDontMatch,
    NoUpdateSubnetWhenMultipleSegmentsOnNetwork,
    Subnet,
    SubnetSegmentAssociationChangeNotAllowed,
    SubnetsNotAllAssociatedWithSegments,
)
from runtime.database import Connection


async def check_new(conn: Connection, network: Network, subnet: Subnet) -> None:
    """Passes when the segment is the network's, and either all of its subnets are tied to segments or none is.

    The caller holds the network. Raises SegmentNotFound, NetworkIdsDontMatch, SubnetsNotAllAssociatedWithSegments.
    """
    if subnet.segment_id is not None:
        await _check_segment(conn, network, subnet.segment_id)
    present = await subnets_of_network(conn, network.id)
    if any((other.segment_id is None) != (subnet.segment_id is None) for other in present):
        raise SubnetsNotAllAssociatedWithSegments(network.id)


async def check_moved(conn: Connection, before: Subnet, after: Subnet) -> None:
    """Passes when a subnet of a network with one segment is tied to it.

    Raises SubnetSegmentAssociationChangeNotAllowed, NoUpdateSubnetWhenMultipleSegmentsOnNetwork, SegmentNotFound.
    """
    if before.segment_id is not None or after.segment_id is None:
        raise SubnetSegmentAssociationChangeNotAllowed
    network = await networks.fetch_network(conn, after.network_id, None)
    await _check_segment(conn, network, after.segment_id)
    if len(network.segments) > 1:
        raise NoUpdateSubnetWhenMultipleSegmentsOnNetwork(network.id)


async def _check_segment(conn: Connection, network: Network, segment_id: str) -> None:
    if any(segment.id == segment_id for segment in network.segments):
        return
    if await networks.has_segment(conn, segment_id):
        raise NetworkIdsDontMatch(network.id, segment_id)
    raise SegmentNotFound(segment_id)
