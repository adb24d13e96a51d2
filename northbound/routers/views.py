"""What a router's plan reads, in one snapshot: the router, and the chassis that may hold its gateway."""

from collections.abc import Sequence

from msgspec import Struct

from northbound.routers.plan import plan_router
from northbound.routers.router import Router
from northbound.routers.store import read_routers
from northbound.translation.chassis import read_chassis
from runtime.database import Connection
from southbound.chassis import Chassis
from southbound.ovsdb.rows import Row


class RouterView(Struct, frozen=True):
    router: Router
    chassis: list[Chassis]

    @property
    def id(self) -> str:
        return self.router.id


async def read_router_views(conn: Connection, router_ids: Sequence[str]) -> list[RouterView]:
    """Those of the ids that exist, in no order."""
    chassis = await read_chassis(conn)
    return [RouterView(router, chassis) for router in await read_routers(conn, router_ids)]


def plan_router_view(view: RouterView) -> list[Row]:
    return plan_router(view.router, view.chassis)
