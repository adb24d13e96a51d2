"""Autonomous subnets and the ports of their network: guests make an address for themselves from what routers advertise,
whether or not anybody asked for one. So the ports of the network are in such a subnet from its first moment to its last.
"""

from pathlib import Path

from northbound.addresses import store as addresses
from northbound.addresses.eui64 import slaac_address
from northbound.addresses.store import PortWish
from northbound.ports import allocation
from northbound.ports.allocation import serving
from northbound.subnets.subnet import Subnet, SubnetInUse
from northbound.translation import marks
from runtime.database import Connection, naming, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def enter_subnet(conn: Connection, subnet: Subnet) -> None:
    """Gives the guests' ports of its network the address that they will make in a new autonomous subnet.

    Ports that were made to have no address have none here either.
    """
    if not subnet.autonomous:
        return
    wishes = [
        PortWish([subnet.id], slaac_address(subnet.cidr, row["mac"]), port_id=row["id"], position=row["position"])
        async for row in SQL.select_guests(conn, network_id=subnet.network_id)
        if serving([subnet], row["device_owner"])
    ]
    with allocation.naming_refusals():
        await addresses.hold(conn, wishes)
    await _changed(conn, [wish.port_id for wish in wishes])


async def lock_guests(conn: Connection, subnet_id: str) -> None:
    """Keeps the ports from others' changes that will leave the subnet, if it is an autonomous one.

    Before the subnet is locked: whoever changes a port holds it, and then its subnets.
    """
    async for _ in SQL.lock_guests(conn, subnet_id=subnet_id):
        pass


async def leave_subnet(conn: Connection, subnet: Subnet) -> None:
    """Takes the guests' ports out of an autonomous subnet that is about to go; raises SubnetInUse for a VIP's."""
    if not subnet.autonomous:
        return
    with naming({"vips_address": lambda: SubnetInUse(subnet.id)}):
        left = [row["port_id"] async for row in SQL.leave_autonomous_subnet(conn, subnet_id=subnet.id)]
    await _changed(conn, left)


async def _changed(conn: Connection, port_ids: list[str]) -> None:
    if port_ids:
        await SQL.raise_revisions(conn, ids=port_ids)
        await marks.mark(conn, "port", *port_ids)
