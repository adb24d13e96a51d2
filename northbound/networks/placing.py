"""Segments in PostgreSQL: each place underneath, a VLAN of a physical network or a tunnel, is one network's."""

import secrets
from pathlib import Path

import msgspec

from northbound.networks.segment import (
    LARGEST_TUNNEL_ID,
    FlatNetworkInUse,
    NoNetworkAvailable,
    Segment,
    TunnelIdInUse,
    VlanIdInUse,
)
from runtime.database import Connection, naming, queries
from runtime.errors import Problem

SQL = queries(Path(__file__).parent / "placing.sql")


async def place_segment(conn: Connection, draft: Segment) -> None:
    """Adds the segment to its network; a segmentation id that is None is chosen for geneve and vlan.

    Raises FlatNetworkInUse, VlanIdInUse, TunnelIdInUse, NoNetworkAvailable.
    """
    if draft.network_type == "geneve" and draft.segmentation_id is None:
        await _place_tunnel(conn, draft)
        return
    if draft.network_type == "vlan" and draft.segmentation_id is None:
        draft = msgspec.structs.replace(draft, segmentation_id=await _choose_vlan(conn, draft.physical_network))
    with naming({"segments_place": lambda: _in_use(draft)}):
        await SQL.insert_segment(conn, **_columns(draft))


async def move_segment(conn: Connection, segment: Segment) -> None:
    """Writes another segmentation id; raises VlanIdInUse, TunnelIdInUse."""
    with naming({"segments_place": lambda: _in_use(segment)}):
        await SQL.update_segment(conn, id=segment.id, segmentation_id=segment.segmentation_id)


async def _choose_vlan(conn: Connection, physical_network: str | None) -> int:
    await SQL.lock_physical_network(conn, physical_network=physical_network)
    vlan = await SQL.choose_vlan(conn, physical_network=physical_network)
    if vlan is None:
        raise NoNetworkAvailable(physical_network)
    return vlan


async def _place_tunnel(conn: Connection, draft: Segment) -> None:
    """A random free one of 16 million: OVN keys its tunnels itself, so that any will do."""
    placed = None
    while placed is None:
        tunnel = msgspec.structs.replace(draft, segmentation_id=1 + secrets.randbelow(LARGEST_TUNNEL_ID))
        placed = await SQL.try_segment(conn, **_columns(tunnel))


def _columns(segment: Segment) -> dict[str, object]:
    return {
        "id": segment.id,
        "network_id": segment.network_id,
        "network_type": segment.network_type,
        "physical_network": segment.physical_network,
        "segmentation_id": segment.segmentation_id,
        "position": segment.position,
        "name": segment.name,
        "description": segment.description,
    }


def _in_use(segment: Segment) -> Problem:
    if segment.network_type == "flat":
        return FlatNetworkInUse(segment.physical_network)
    if segment.network_type == "vlan":
        return VlanIdInUse(segment.physical_network, segment.segmentation_id)
    return TunnelIdInUse(segment.segmentation_id)
