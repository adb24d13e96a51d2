"""The routers API: attaching and detaching subnets and ports."""

from aiohttp import web
from msgspec import UNSET

from identity.callers import caller_of
from northbound.ports import store as ports
from northbound.ports.errors import PortNotFound
from northbound.ports.port import Port
from northbound.routers import interfaces
from northbound.routers.errors import InvalidRouterInterface
from northbound.routers.routes import lock_visible
from northbound.routers.schema import InterfaceInfo, render_attached, render_detached
from northbound.subnets import store as subnets
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import read_body, reply


async def add_router_interface(request: web.Request) -> web.Response:
    info: InterfaceInfo = await read_body(request)
    if (info.subnet_id is UNSET) == (info.port_id is UNSET):
        raise InvalidRouterInterface("router", "Either subnet_id or port_id must be specified, and not both")
    reach = caller_of(request).reach
    async with writing(request) as conn:
        router = await lock_visible(request, conn)
        if info.port_id is UNSET:
            subnet = await subnets.fetch_subnet(conn, info.subnet_id, reach)
            port = await interfaces.attach_subnet(conn, router, subnet, reach)
            subnet_id = subnet.id
        else:
            port = await interfaces.attach_port(conn, router, await _lock_own_port(conn, info.port_id, reach))
            subnet_id = port.fixed_ips[0].subnet_id
    return reply(render_attached(router, port, subnet_id))


async def _lock_own_port(conn: Connection, port_id: str, reach: str | None) -> Port:
    """A port of the caller's own: that it is on the caller's network is not enough."""
    await ports.lock_port(conn, port_id)
    port = await ports.fetch_port(conn, port_id, reach)
    if reach not in (None, port.project_id):
        raise PortNotFound(port_id)
    return port


async def remove_router_interface(request: web.Request) -> web.Response:
    info: InterfaceInfo = await read_body(request)
    if info.subnet_id is UNSET and info.port_id is UNSET:
        raise InvalidRouterInterface("router", "Either subnet_id or port_id must be specified")
    async with writing(request) as conn:
        router = await lock_visible(request, conn)
        interface = interfaces.find_interface(router, info.port_id or None, info.subnet_id or None)
        leaving = [info.subnet_id or address.subnet_id for address in interface.addresses]
        await interfaces.detach(conn, router, interface, leaving)
    return reply(render_detached(router, interface, leaving[0]))
