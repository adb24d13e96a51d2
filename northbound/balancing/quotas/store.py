"""The counters of load balancing: the network API's table, in Octavia's words. A quota that is met is a 403 here."""

from collections.abc import Mapping

from northbound.balancing.errors import QuotaMet
from northbound.quotas import store as counters
from northbound.quotas.store import BALANCING_DEFAULTS, Quota
from runtime.database import Connection
from runtime.errors import OverQuota

TITLES = {
    "load_balancer": "Load Balancer",
    "listener": "Listener",
    "pool": "Pool",
    "member": "Member",
    "health_monitor": "Health Monitor",
}


async def take(conn: Connection, project_id: str, resource: str, amount: int = 1) -> None:
    """As `northbound.quotas.store.take`; raises QuotaMet."""
    if amount == 0:
        return
    try:
        await counters.take(conn, project_id, resource, amount)
    except OverQuota as error:
        raise QuotaMet([TITLES[resource]]) from error


async def give_back(conn: Connection, project_id: str, resource: str, amount: int = 1) -> None:
    if amount:
        await counters.give_back(conn, project_id, resource, amount)


async def select_quotas(conn: Connection, project_id: str) -> list[Quota]:
    return await counters.select_quotas(conn, project_id, defaults=BALANCING_DEFAULTS)


async def set_quotas(conn: Connection, project_id: str, limits: Mapping[str, int | None]) -> None:
    """New limits; None is back to the default."""
    for resource, limit in limits.items():
        await counters.set_quotas(conn, project_id, {resource: limit})


async def reset_quotas(conn: Connection, project_id: str) -> None:
    await counters.reset_quotas(conn, project_id, resources=BALANCING_DEFAULTS)


async def select_own_limits(conn: Connection) -> dict[str, list[Quota]]:
    return await counters.select_own_limits(conn, defaults=BALANCING_DEFAULTS)
