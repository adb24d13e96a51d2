"""The metadata port of each network: a localport with an address in every IPv4 subnet that has DHCP.

Made with the network, gone with it; its addresses follow the subnets, one row each, so that two subnets created at
once do not undo each other. Source: ovn-mapping section 12.
"""

from pathlib import Path

from northbound.addresses.store import Wish
from northbound.networks.network import Network
from northbound.ports import addressing, allocation, store
from northbound.ports.errors import IpAddressGenerationFailure
from northbound.ports.port import METADATA_OWNER, PortDraft
from northbound.subnets.subnet import Subnet
from northbound.translation import marks
from runtime.database import Connection, queries
from southbound.names import metadata_device_id

SQL = queries(Path(__file__).parent / "queries.sql")


async def insert_metadata_port(conn: Connection, network: Network) -> None:
    draft = PortDraft(
        network_id=network.id,
        device_id=metadata_device_id(network.id),
        device_owner=METADATA_OWNER,
        port_security_enabled=False,
        fixed_ips=[],
    )
    await store.create_port(conn, draft, network.project_id, None)


async def delete_metadata_port(conn: Connection, network_id: str) -> None:
    if port_id := await SQL.metadata_port_id(conn, network_id=network_id):
        await store.delete_port(conn, port_id)


async def enter_subnet(conn: Connection, subnet: Subnet) -> None:
    """Gives the metadata port an address of the subnet if it serves there.

    A subnet without a free address stays without metadata service: that is no reason to refuse it.
    """
    port_id = await SQL.metadata_port_id(conn, network_id=subnet.network_id)
    if port_id is None or not subnet.serves_metadata:
        return
    try:
        async with conn.transaction():
            await allocation.hold(conn, port_id, [Wish([subnet.id])])
    except IpAddressGenerationFailure:
        return
    await _mark(conn, port_id, subnet.id)


async def leave_subnet(conn: Connection, subnet: Subnet) -> None:
    """Takes the metadata port's address of the subnet away; idempotent."""
    port_id = await SQL.metadata_port_id(conn, network_id=subnet.network_id)
    if port_id is None:
        return
    port = (await store.read_ports(conn, [port_id]))[0]
    await addressing.drop_addresses(conn, port_id, [fixed for fixed in port.fixed_ips if fixed.subnet_id == subnet.id])
    await _mark(conn, port_id, subnet.id)


async def _mark(conn: Connection, port_id: str, subnet_id: str) -> None:
    await marks.mark(conn, "port", port_id)
    await marks.mark(conn, "subnet", subnet_id)
