"""What a floating IP stands for: an address of a port, which some router leads from to the external network.

Callers hold the floating IP's lock. An association ends by itself with the port or the address it refers to (see
migration 0006).
"""

from collections.abc import Sequence

from msgspec import Struct

from northbound.floating_ips.floating_ip import (
    ExternalGatewayForFloatingIPNotFound,
    FipInUseByPortForwarding,
    FloatingIp,
    FloatingIPPortAlreadyAssociated,
    InvalidFloatingIp,
)
from northbound.floating_ips.store import KIND, SQL, is_ipv4
from northbound.ports.errors import PortNotFound
from northbound.ports.port import FixedIp, Port
from northbound.routers.errors import RouterBalancesLoad
from northbound.translation import marks
from runtime.database import Connection, naming_by_detail


class WayOut(Struct, frozen=True):
    """The router between a subnet and an external network, with its port in either."""

    router_id: str
    interface_port_id: str
    gateway_port_id: str


async def find_way_out(conn: Connection, subnet_id: str, floating_ip: FloatingIp) -> WayOut | None:
    """The way through the router that the floating IP is on already, else through the one that guests route by."""
    found = await SQL.find_way_out(
        conn,
        subnet_id=subnet_id,
        floating_network_id=floating_ip.floating_network_id,
        router_id=floating_ip.router_id,
    )
    return None if found is None else WayOut(*map(str, found))


async def associate(conn: Connection, floating_ip: FloatingIp, port: Port, fixed_ip: str | None) -> None:
    """Makes the floating IP stand for an address of the port, whatever it stood for before.

    `fixed_ip` None: the port's only IPv4 address. Raises InvalidFloatingIp, ExternalGatewayForFloatingIPNotFound,
    FloatingIPPortAlreadyAssociated, FipInUseByPortForwarding.
    """
    if floating_ip.port_forwardings:
        raise FipInUseByPortForwarding(floating_ip.id)
    inside = choose_fixed_ip(port, fixed_ip)
    unreachable = ExternalGatewayForFloatingIPNotFound(inside.subnet_id, floating_ip.floating_network_id, port.id)
    way = await find_way_out(conn, inside.subnet_id, floating_ip)
    if way is None:
        raise unreachable
    already = FloatingIPPortAlreadyAssociated(
        floating_ip.floating_ip_address,
        floating_ip.id,
        port.id,
        inside.ip_address,
        floating_ip.floating_network_id,
    )
    with naming_by_detail(
        {
            "floating_ips_one_each": lambda _detail: already,
            "floating_ips_fixed": lambda _detail: PortNotFound(port.id),
            "floating_ips_interface": lambda _detail: unreachable,
            "floating_ips_gateway": lambda _detail: unreachable,
            "router_ports_balancing": RouterBalancesLoad,
        }
    ):
        await SQL.associate(
            conn,
            id=floating_ip.id,
            fixed_port_id=port.id,
            fixed_subnet_id=inside.subnet_id,
            fixed_ip_address=inside.ip_address,
            interface_port_id=way.interface_port_id,
            gateway_port_id=way.gateway_port_id,
        )
    await marks.mark(conn, KIND, floating_ip.id)
    await marks.mark(conn, "port", port.id, *([floating_ip.port_id] if floating_ip.port_id else []))


def choose_fixed_ip(port: Port, wanted: str | None) -> FixedIp:
    """The IPv4 address of the port that a floating IP shall stand for; raises InvalidFloatingIp."""
    ipv4 = ipv4_of(port)
    if wanted is not None:
        chosen = [fixed for fixed in ipv4 if fixed.ip_address == wanted]
        if not chosen:
            raise InvalidFloatingIp(f"Port {port.id} does not have fixed ip {wanted} (fixed_ip_address)")
        return chosen[0]
    if not ipv4:
        raise InvalidFloatingIp(f"Cannot add floating IP to port {port.id} that has no fixed IPv4 addresses (port_id)")
    if len(ipv4) > 1:
        raise InvalidFloatingIp(
            f"Port {port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning "
            "a floating IP (fixed_ip_address)"
        )
    return ipv4[0]


def ipv4_of(port: Port) -> Sequence[FixedIp]:
    return [fixed for fixed in port.fixed_ips if is_ipv4(fixed)]


async def disassociate(conn: Connection, floating_ip: FloatingIp) -> None:
    """Ends the association, if there is one."""
    await SQL.disassociate(conn, id=floating_ip.id)
