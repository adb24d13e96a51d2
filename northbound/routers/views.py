"""Reads what the plans of routers and of ports need.

A port has two ends: the switch port that every port has, and the router port of a router's. Both rows belong to the port's owner, so that neither is ever written without the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from northbound.ports.orders import routes
from northbound.ports.plan import PortView, plan_port
from northbound.ports.views import is_plain, plain_views, read_port_views, select_plain
from northbound.routers.plan import RouterView, plan_router_port
from northbound.routers.router import Router, RouterPort
from northbound.routers.store import read_routers, read_routers_of_ports
from northbound.translation.chassis import read_chassis
from runtime.database import Connection
from southbound.chassis import Chassis
from southbound.ovsdb.rows import Row


class PortEnds(Struct, frozen=True):
    """`router` is set for a router's port alone; `chassis`, all of the cloud, matter to its gateway."""

    switch_end: PortView
    router_end: RouterPort | None = None
    router: Router | None = None
    chassis: Sequence[Chassis] = ()

    @property
    def id(self) -> str:
        return self.switch_end.port.id


async def read_router_views(conn: Connection, router_ids: Sequence[str]) -> list[RouterView]:
    """Those of the ids that exist, in no order."""
    chassis = await read_chassis(conn)
    return [RouterView(router, chassis) for router in await read_routers(conn, router_ids)]


async def read_port_ends(conn: Connection, port_ids: Sequence[str]) -> list[PortEnds]:
    """Those of the ids that exist, in no order."""
    views = await read_port_views(conn, port_ids)
    routing = [view.port.id for view in views if routes(view.port.device_owner)]
    routers = await read_routers_of_ports(conn, routing) if routing else []
    chassis = await read_chassis(conn) if routers else []
    ends = {port.port_id: (port, router, chassis) for router in routers for port in router.ports}
    return [PortEnds(view, *ends.get(view.port.id, ())) for view in views]


select_port_ends = select_plain
"""The statements whose rows `plain_port_ends` takes."""


def plain_port_ends(found: Sequence[Sequence[Mapping[str, Any]]]) -> list[PortEnds] | None:
    """Those of ports that `read_port_ends` needs no second look for; None when there is another among them."""
    views = plain_views(found)
    if all(is_plain(view.port) and not routes(view.port.device_owner) for view in views):
        return [PortEnds(view) for view in views]
    return None


def plan_port_ends(ends: PortEnds) -> list[Row]:
    rows = plan_port(ends.switch_end)
    if ends.router_end is not None and ends.router is not None:
        rows += plan_router_port(ends.router, ends.router_end, ends.chassis)
    return rows
