"""A router's gateways: its ports on external networks. Callers hold the router's lock since they read it.

The first gateway is the one that external_gateway_info speaks of; `external_gateways` speaks of all, in order.
"""

from collections.abc import Sequence

from northbound.networks.network import Network
from northbound.ports import store as ports
from northbound.ports.port import ROUTER_GATEWAY, AddressRequest, PortDraft
from northbound.quotas.store import NOBODY
from northbound.routers import store
from northbound.routers.errors import (
    InvalidRouterInterface,
    RouterExternalGatewayInUseByFloatingIp,
    RouterExternalGatewayInUseByRoute,
)
from northbound.routers.router import Router, RouterPort, check_gateway, stranded_routes
from runtime.database import Connection, naming

Addresses = Sequence[AddressRequest] | None
"""None: whatever the gateway has there already, else one of each IP version."""


async def set_gateway(conn: Connection, router: Router, network: Network, addresses: Addresses) -> None:
    """Gives the router a first gateway in the network, or moves the one it has. Raises what `add_gateway` raises."""
    gateway = router.gateway
    if gateway is None:
        await add_gateway(conn, router, network, addresses)
    else:
        await move_gateway(conn, router, gateway, network, addresses)


async def add_gateway(conn: Connection, router: Router, network: Network, addresses: Addresses) -> None:
    """Gives the router one more gateway, the last.

    Raises InvalidRouterInterface (not external, no address left, overlap), and what `ports.create_port` raises about
    addresses.
    """
    _check_external(network)
    await _create(conn, router, network, addresses, next_position(router))


async def move_gateway(
    conn: Connection, router: Router, gateway: RouterPort, network: Network, addresses: Addresses
) -> None:
    """Makes the gateway be in that network, at those addresses, in its place among the gateways.

    Raises what `add_gateway` raises, and RouterExternalGatewayInUseByFloatingIp.
    """
    _check_external(network)
    if gateway.network_id != network.id:
        await _remove(conn, router, gateway)
        await _create(conn, router, network, addresses, gateway.position)
        return
    if addresses is not None:
        await ports.lock_port(conn, gateway.port_id)
        before = await ports.fetch_port(conn, gateway.port_id, None)
        await ports.update_port(conn, before, before, addresses)
    await _check(conn, router, gateway.port_id)


def next_position(router: Router) -> int:
    return max((gateway.position for gateway in router.gateways), default=-1) + 1


def _check_external(network: Network) -> None:
    if not network.external:
        raise InvalidRouterInterface("router", f"Network {network.id} is not an external network")


async def _create(conn: Connection, router: Router, network: Network, addresses: Addresses, position: int) -> None:
    draft = PortDraft(
        network_id=network.id,
        device_id=router.id,
        device_owner=ROUTER_GATEWAY,
        fixed_ips=list(addresses) if addresses is not None else None,
        port_security_enabled=False,
    )
    port = await ports.create_port(conn, draft, NOBODY, None)
    await store.insert_router_port(conn, router.id, port.id, is_gateway=True, position=position)
    await _check(conn, router, port.id)


async def _check(conn: Connection, router: Router, port_id: str) -> None:
    """The gateway as it stands now: it has an address, and none of its subnets overlaps another."""
    now = await store.fetch_router(conn, router.id, None)
    gateway = next(port for port in now.gateways if port.port_id == port_id)
    if not gateway.addresses:
        raise InvalidRouterInterface("router", "No IPs available for external network (external_gateway_info)")
    check_gateway(now, gateway)
    await store.check_forwardings(conn, now)
    await store.mark_connections(conn, now.id)


async def clear_gateway(conn: Connection, router: Router) -> None:
    """Removes the first gateway, if there is one; raises RouterExternalGatewayInUseByFloatingIp."""
    if router.gateway is not None:
        await remove_gateways(conn, router, [router.gateway])


async def remove_gateways(conn: Connection, router: Router, leaving: Sequence[RouterPort]) -> None:
    """Removes gateways; raises RouterExternalGatewayInUseByFloatingIp."""
    for gateway in leaving:
        await _remove(conn, router, gateway)
    await store.mark_connections(conn, router.id)


async def check_routes_remain(conn: Connection, before: Router) -> None:
    """Raises RouterExternalGatewayInUseByRoute when extra routes led through a gateway and lead nowhere now.

    Neutron keeps such routes, and they are dead from then on. Nobody who takes a gateway away expects his routes to be
    deleted with it, nor to stay without use; that removing an interface is refused is what users of the API know.
    """
    gateway = before.gateway
    if gateway is None:
        return
    if stranded := stranded_routes(before, await store.fetch_router(conn, before.id, None)):
        named = [f"{route.destination} via {route.nexthop}" for route in stranded]
        raise RouterExternalGatewayInUseByRoute(before.id, gateway.network_id, named)


async def _remove(conn: Connection, router: Router, gateway: RouterPort) -> None:
    """Floating IPs that were translated there move to another gateway of the router in the same network."""
    in_use = RouterExternalGatewayInUseByFloatingIp(router.id, gateway.network_id)
    await store.hand_over(conn, gateway.port_id)
    with naming({"floating_ips_gateway": lambda: in_use, "port_forwardings_gateway": lambda: in_use}):
        await ports.delete_port(conn, gateway.port_id)
