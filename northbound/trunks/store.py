"""Trunks in PostgreSQL, and which ports may be in one.

Ports are locked before they are looked at, in the order of their ids, so that a port never becomes parent and subport
at once. A subport's switch port hangs below its parent's: every change marks the subports.
"""

from collections.abc import Sequence
from pathlib import Path

from northbound.networks.network import InvalidInput
from northbound.nouns.table import Table, standard_attributes
from northbound.ports import store as ports
from northbound.ports.errors import PortNotFound
from northbound.ports.port import Port
from northbound.translation import marks
from northbound.trunks.trunk import (
    SUBPORT_OWNER,
    DuplicateSubPort,
    ParentPortInUse,
    PortInUse,
    SubPortMtuGreaterThanTrunkPortMtu,
    SubPortNotFound,
    Trunk,
    TrunkNotFound,
    TrunkPortInUse,
    WantedSubPort,
)
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")

TRUNKS = Table(
    name="northbound.trunks",
    shape=Trunk,
    listing=Listing(
        select=(
            "SELECT t.*, p.status, (SELECT coalesce(jsonb_agg(jsonb_build_object('port_id', s.port_id,"
            " 'segmentation_type', s.segmentation_type, 'segmentation_id', s.segmentation_id) ORDER BY s.number), '[]')"
            " FROM northbound.subports s WHERE s.trunk_id = t.id) AS sub_ports"
            " FROM northbound.trunks t JOIN northbound.ports p ON p.id = t.port_id"
        ),
        attributes=standard_attributes(
            description=Attribute("t.description"),
            admin_state_up=Attribute("t.admin_state_up", "bool"),
            port_id=Attribute("t.port_id", "uuid"),
            status=Attribute("p.status"),
        ),
    ),
    columns=("id", "project_id", "name", "description", "admin_state_up", "port_id", "tags"),
    changing=("name", "description", "admin_state_up"),
    missing=TrunkNotFound,
    quota="trunk",
)


async def take_parent(conn: Connection, port_id: str, reach: str | None) -> Port:
    """A port that may become a parent, locked: no port of the cloud's own, no load balancer's VIP. Raises PortNotFound, TrunkPortInUse, ParentPortInUse."""
    parent = await _lock_port(conn, port_id, reach)
    await _check_outside_trunks(conn, port_id)
    if parent.trusted or await SQL.holds_vip(conn, port_id=port_id):
        raise ParentPortInUse(port_id)
    return parent


async def _lock_port(conn: Connection, port_id: str, reach: str | None) -> Port:
    """The port if it is the caller's; others' ports on one's own network are not one's to bundle."""
    await ports.lock_port(conn, port_id)
    port = await ports.fetch_port(conn, port_id, reach)
    if reach not in (None, port.project_id):
        raise PortNotFound(port_id)
    return port


async def _check_outside_trunks(conn: Connection, port_id: str) -> None:
    if await SQL.trunk_of_subport(conn, port_id=port_id):
        raise TrunkPortInUse(port_id)
    if await SQL.trunk_of_parent(conn, port_id=port_id):
        raise ParentPortInUse(port_id)


async def add_subports(
    conn: Connection, trunk_id: str, parent: Port, wanted: Sequence[WantedSubPort], reach: str | None
) -> None:
    """Puts ports of the caller into the trunk.

    Raises PortNotFound, ParentPortInUse, TrunkPortInUse, PortInUse, SubPortMtuGreaterThanTrunkPortMtu, InvalidInput,
    DuplicateSubPort.
    """
    carrier = await SQL.select_carrier(conn, network_id=parent.network_id)
    locked = {}
    for port_id in sorted(subport.port_id for subport in wanted):
        if port_id == parent.id:
            raise ParentPortInUse(port_id)
        locked[port_id] = await _lock_port(conn, port_id, reach)
        await _check_subport(conn, locked[port_id], trunk_id, carrier["mtu"])
    for subport in wanted:
        tag = await _tag_of(conn, subport, locked[subport.port_id])
        with naming({"subports_segment": lambda tag=tag: DuplicateSubPort(trunk_id, tag)}):
            await SQL.insert_subport(conn, port_id=subport.port_id, trunk_id=trunk_id, segmentation_id=tag)
    await _own(conn, list(locked), SUBPORT_OWNER)


async def _check_subport(conn: Connection, port: Port, trunk_id: str, most_mtu: int) -> None:
    await _check_outside_trunks(conn, port.id)
    if port.device_id or port.host or port.trusted:
        raise PortInUse(port.id, port.network_id, port.device_id)
    carried = await SQL.select_carrier(conn, network_id=port.network_id)
    if carried["mtu"] > most_mtu:
        raise SubPortMtuGreaterThanTrunkPortMtu(port.id, carried["mtu"], trunk_id, most_mtu)


async def _tag_of(conn: Connection, subport: WantedSubPort, port: Port) -> int:
    if subport.segmentation_id is not None:
        return subport.segmentation_id
    vlan = (await SQL.select_carrier(conn, network_id=port.network_id))["vlan"]
    if vlan is None:
        raise InvalidInput(f"sub_ports: port {port.id} can inherit no segmentation_id, its network is no VLAN.")
    return vlan


async def remove_subports(conn: Connection, trunk: Trunk, port_ids: Sequence[str]) -> None:
    """Lets ports go. Raises SubPortNotFound. The caller holds the trunk's lock."""
    for port_id in sorted(set(port_ids)):
        if await SQL.delete_subport(conn, trunk_id=trunk.id, port_id=port_id) is None:
            raise SubPortNotFound(trunk.id, port_id)
    await _own(conn, port_ids, "")


async def _own(conn: Connection, port_ids: Sequence[str], device_owner: str) -> None:
    if port_ids:
        await SQL.set_device_owner(conn, ids=list(port_ids), device_owner=device_owner)
        await marks.mark(conn, "port", *port_ids)
