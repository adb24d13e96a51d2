"""The addresses of a port that is there already, and what moves it to others: a wish, another MAC, another host."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from northbound.addresses import store as addresses
from northbound.networks import store as networks
from northbound.ports import allocation, routed
from northbound.ports.errors import PortHoldsVip
from northbound.ports.orders import routes
from northbound.ports.port import AddressRequest, FixedIp, Port
from northbound.subnets import store as subnets
from runtime.database import Connection, naming_by_detail, queries, uuid_in

SQL = queries(Path(__file__).parent / "queries.sql")


async def replace_addresses(conn: Connection, before: Port, after: Port, requests: Sequence[AddressRequest]) -> None:
    """Gives the port what is requested, instead of what it had that no request names.

    Raises IpAddressInUse, IpAddressGenerationFailure, InvalidIpForSubnet, InvalidIpForNetwork, PortHoldsVip.
    """
    kept, new = allocation.split_kept(requests, before.fixed_ips)
    await drop_addresses(conn, before.id, [fixed for fixed in before.fixed_ips if fixed not in kept])
    present = await subnets.subnets_of_network(conn, before.network_id)
    wishes = allocation.choose_requested(
        new, present, before.network_id, after.mac_address, routing=routes(after.device_owner)
    )
    await allocation.hold(conn, before.id, wishes)


async def follow_mac(conn: Connection, port: Port, mac: str) -> None:
    """Moves the port to the addresses that a guest with the new MAC makes for itself."""
    present = await subnets.subnets_of_network(conn, port.network_id)
    autonomous = {subnet.id: subnet for subnet in present if subnet.autonomous}
    moving = [fixed for fixed in port.fixed_ips if fixed.subnet_id in autonomous]
    if moving and not routes(port.device_owner):
        await drop_addresses(conn, port.id, moving)
        requests = [AddressRequest(fixed.subnet_id) for fixed in moving]
        wishes = allocation.choose_requested(requests, present, port.network_id, mac, routing=False)
        await allocation.hold(conn, port.id, wishes)


async def drop_addresses(conn: Connection, port_id: str, fixed_ips: Sequence[FixedIp]) -> None:
    """Takes addresses from the port; the next port may have them. Raises PortHoldsVip."""
    subnet_ids, ips = [fixed.subnet_id for fixed in fixed_ips], [fixed.ip_address for fixed in fixed_ips]
    with _naming_vips():
        gone = SQL.delete_fixed_ips(conn, port_id=port_id, subnet_ids=subnet_ids, ips=ips)
        released = [(row["subnet_id"], row["ip"]) async for row in gone]
    await addresses.release(conn, released)


async def drop_all_addresses(conn: Connection, port_ids: Sequence[str]) -> None:
    """As drop_addresses, of every address that the ports have."""
    with _naming_vips():
        gone = SQL.delete_all_fixed_ips(conn, port_ids=port_ids)
        released = [(row["subnet_id"], row["ip"]) async for row in gone]
    await addresses.release(conn, released)


@contextmanager
def _naming_vips() -> Iterator[None]:
    with naming_by_detail({"vips_address": lambda detail: PortHoldsVip(uuid_in(detail))}):
        yield


async def follow_host(conn: Connection, port: Port) -> None:
    """Gives a port of a routed network the addresses that it waited for until it had the host that it has now.

    Raises HostNotConnectedToAnySegment, HostConnectedToMultipleSegments, HostNotCompatibleWithFixedIps.
    """
    network = await networks.fetch_network(conn, port.network_id, None)
    present = await subnets.subnets_of_network(conn, network.id)
    fitting = routed.reachable(network, present, port.host, await routed.read_places(conn, [port.host]))
    routed.check_compatible(port.id, port.host, (fixed.subnet_id for fixed in port.fixed_ips), fitting)
    if port.ip_allocation == routed.DEFERRED and not port.fixed_ips:
        await allocation.hold(conn, port.id, allocation.choose_default(fitting, port.mac_address, port.device_owner))
        await SQL.end_deferral(conn, id=port.id)
