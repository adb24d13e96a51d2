"""A router's gateway: its port on an external network. Callers hold the router's lock since they read it."""

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
from northbound.routers.router import (
    Router,
    RouterPort,
    check_no_overlap,
    stranded_routes,
)
from runtime.database import Connection, naming


async def set_gateway(
    conn: Connection, router: Router, network: Network, addresses: Sequence[AddressRequest] | None
) -> None:
    """Gives the router a gateway in the network, or moves the one it has.

    `addresses` None: whatever it has there already, else one of each IP version.
    Raises InvalidRouterInterface (not external, no address left, overlap), RouterExternalGatewayInUseByFloatingIp,
    and what `ports.create_port` raises about addresses.
    """
    if not network.external:
        raise InvalidRouterInterface("router", f"Network {network.id} is not an external network")
    gateway = router.gateway
    if gateway is None or gateway.network_id != network.id:
        if gateway is not None:
            await _remove(conn, router, gateway)
        await _create(conn, router, network, addresses)
    elif addresses is not None:
        await _move(conn, gateway, addresses)
    await _check(conn, router)


async def _create(
    conn: Connection, router: Router, network: Network, addresses: Sequence[AddressRequest] | None
) -> None:
    draft = PortDraft(
        network_id=network.id,
        device_id=router.id,
        device_owner=ROUTER_GATEWAY,
        fixed_ips=list(addresses) if addresses is not None else None,
        port_security_enabled=False,
    )
    port = await ports.create_port(conn, draft, NOBODY, None)
    await store.insert_router_port(conn, router.id, port.id, is_gateway=True)


async def _move(conn: Connection, gateway: RouterPort, addresses: Sequence[AddressRequest]) -> None:
    await ports.lock_port(conn, gateway.port_id)
    before = await ports.fetch_port(conn, gateway.port_id, None)
    await ports.update_port(conn, before, before, addresses)


async def _check(conn: Connection, router: Router) -> None:
    """The gateway as it stands now: it has an address, and none of its subnets overlaps an interface's."""
    now = await store.fetch_router(conn, router.id, None)
    if now.gateway is None or not now.gateway.addresses:
        raise InvalidRouterInterface("router", "No IPs available for external network (external_gateway_info)")
    inside = Router(id=now.id, project_id=now.project_id, name=now.name, ports=now.interfaces)
    check_no_overlap(inside, [(address.subnet_id, address.cidr) for address in now.gateway.addresses])
    await store.mark_connections(conn, now)


async def clear_gateway(conn: Connection, router: Router) -> None:
    """Removes the gateway, if there is one; raises RouterExternalGatewayInUseByFloatingIp."""
    if router.gateway is not None:
        await _remove(conn, router, router.gateway)
        await store.mark_connections(conn, router)


async def check_routes_remain(conn: Connection, before: Router) -> None:
    """Raises RouterExternalGatewayInUseByRoute when extra routes led through the gateway and lead nowhere now.

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
    in_use = RouterExternalGatewayInUseByFloatingIp(router.id, gateway.network_id)
    with naming({"floating_ips_gateway": lambda: in_use}):
        await ports.delete_port(conn, gateway.port_id)
