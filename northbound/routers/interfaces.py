"""A router's interfaces: how a subnet or a port becomes one, and how it ends.

Callers hold the router's lock since they read it. A router port is an ordinary port whose owner is the router; that
it belongs to the router is said by `router_ports` alone.
"""

from collections.abc import Sequence
from ipaddress import ip_address

import msgspec

from northbound.ports import store as ports
from northbound.ports.port import ROUTER_INTERFACE, AddressRequest, Port, PortDraft
from northbound.routers import store
from northbound.routers.errors import (
    InvalidRouterInterface,
    PortInUse,
    RouterInterfaceInUseByFloatingIP,
    RouterInterfaceInUseByRoute,
    RouterInterfaceNotFound,
    RouterInterfaceNotFoundForSubnet,
    SubnetMismatchForPort,
)
from northbound.routers.router import Router, RouterPort, check_no_overlap, reaches
from northbound.subnets import store as subnets
from northbound.subnets.subnet import Subnet
from northbound.trunks.membership import check_removable
from runtime.database import Connection, naming


async def attach_subnet(conn: Connection, router: Router, subnet: Subnet, reach: str | None) -> Port:
    """Makes the subnet's gateway_ip an address of the router; returns the port that holds it.

    IPv6 subnets of one network share a port. Raises InvalidRouterInterface, IpAddressInUse, OverQuota.
    """
    if subnet.gateway_ip is None:
        raise InvalidRouterInterface("router", "Subnet for router interface must have a gateway IP")
    if reach is not None and reach not in (subnet.project_id, subnet.network_project_id):
        raise InvalidRouterInterface(
            "router",
            f"Cannot add interface to router because subnet {subnet.id} is not owned by project making the request",
        )
    check_no_overlap(router, [(subnet.id, subnet.cidr)])
    wish = AddressRequest(subnet.id, subnet.gateway_ip)
    sibling = _sibling(router, subnet)
    port = await _extend(conn, sibling, wish) if sibling else await _create(conn, router, subnet, wish)
    await _note_connection(conn, router.id)
    return port


def _sibling(router: Router, subnet: Subnet) -> RouterPort | None:
    """The interface that another IPv6 subnet of the same network may join."""
    if subnet.ip_version == 4:
        return None
    here = [port for port in router.interfaces if port.network_id == subnet.network_id]
    return next((port for port in here if any(address.ip_version == 6 for address in port.addresses)), None)


async def _extend(conn: Connection, sibling: RouterPort, wish: AddressRequest) -> Port:
    await ports.lock_port(conn, sibling.port_id)
    before = await ports.fetch_port(conn, sibling.port_id, None)
    kept = [AddressRequest(fixed.subnet_id, fixed.ip_address) for fixed in before.fixed_ips]
    return await ports.update_port(conn, before, before, [*kept, wish])


async def _create(conn: Connection, router: Router, subnet: Subnet, wish: AddressRequest) -> Port:
    draft = PortDraft(
        network_id=subnet.network_id,
        device_id=router.id,
        device_owner=ROUTER_INTERFACE,
        fixed_ips=[wish],
        port_security_enabled=False,
    )
    port = await ports.create_port(conn, draft, router.project_id, None)
    await store.insert_router_port(conn, router.id, port.id, is_gateway=False)
    return port


async def attach_port(conn: Connection, router: Router, port: Port) -> Port:
    """Makes a free port of the tenant's, which the caller has locked, an interface with the addresses it has.

    Raises PortInUse, PortInUseAsSubPort, PortInUseAsTrunkParent, InvalidRouterInterface.
    """
    if port.device_id:
        raise PortInUse(port.id, port.network_id, port.device_id)
    await check_removable(conn, port.id)
    if not port.fixed_ips:
        raise InvalidRouterInterface("router", f"Router port must have at least one fixed IP (port_id {port.id})")
    if sum(ip_address(fixed.ip_address).version == 4 for fixed in port.fixed_ips) > 1:
        raise InvalidRouterInterface("router", "Cannot have multiple IPv4 subnets on router port")
    present = {subnet.id: subnet for subnet in await subnets.subnets_of_network(conn, port.network_id)}
    check_no_overlap(router, [(fixed.subnet_id, present[fixed.subnet_id].cidr) for fixed in port.fixed_ips])
    owned = msgspec.structs.replace(port, device_id=router.id, device_owner=ROUTER_INTERFACE, security_groups=[])
    attached = await ports.update_port(conn, port, owned)
    await store.insert_router_port(conn, router.id, port.id, is_gateway=False)
    await _note_connection(conn, router.id)
    return attached


async def _note_connection(conn: Connection, router_id: str) -> None:
    await store.check_forwardings(conn, await store.fetch_router(conn, router_id, None))
    await store.interfaces_changed(conn, router_id)


def find_interface(router: Router, port_id: str | None, subnet_id: str | None) -> RouterPort:
    """The interface that a removal names by port, by subnet, or by both.

    Raises RouterInterfaceNotFound, RouterInterfaceNotFoundForSubnet, SubnetMismatchForPort.
    """
    if port_id is None:
        for port in router.interfaces:
            if any(address.subnet_id == subnet_id for address in port.addresses):
                return port
        raise RouterInterfaceNotFoundForSubnet(router.id, str(subnet_id))
    named = next((port for port in router.interfaces if port.port_id == port_id), None)
    if named is None:
        raise RouterInterfaceNotFound(router.id, port_id)
    if subnet_id is not None and all(address.subnet_id != subnet_id for address in named.addresses):
        raise SubnetMismatchForPort(port_id, subnet_id)
    return named


async def detach(conn: Connection, router: Router, interface: RouterPort, subnet_ids: Sequence[str]) -> None:
    """Takes the subnets off the interface; the port goes with its last one.

    Raises RouterInterfaceInUseByRoute, RouterInterfaceInUseByFloatingIP.
    """
    kept = [address for address in interface.addresses if address.subnet_id not in subnet_ids]
    _check_routes_remain(router, interface, subnet_ids)
    in_use = RouterInterfaceInUseByFloatingIP(router.id, subnet_ids[0])
    with naming({"floating_ips_interface": lambda: in_use, "port_forwardings_interface": lambda: in_use}):
        if kept:
            await ports.lock_port(conn, interface.port_id)
            before = await ports.fetch_port(conn, interface.port_id, None)
            await ports.update_port(conn, before, before, [AddressRequest(a.subnet_id, a.ip) for a in kept])
        else:
            await ports.delete_port(conn, interface.port_id)
    await store.interfaces_changed(conn, router.id)


def _check_routes_remain(router: Router, interface: RouterPort, subnet_ids: Sequence[str]) -> None:
    leaving = [address for address in interface.addresses if address.subnet_id in subnet_ids]
    for address in leaving:
        if any(reaches(address, route.nexthop) for route in router.extra_routes):
            raise RouterInterfaceInUseByRoute(router.id, address.subnet_id)
