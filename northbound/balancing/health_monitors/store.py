"""Health monitors in PostgreSQL. Every change is inside `load_balancers.store.changed`."""

from pathlib import Path

from northbound.balancing.errors import DuplicateHealthMonitor, HealthMonitorNotFound
from northbound.balancing.health_monitors.monitor import HealthMonitor
from northbound.balancing.quotas import store as quotas
from northbound.balancing.reading import Noun, attributes, select
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")
RESOURCE = "health_monitor"
OPERATING = "CASE WHEN h.admin_state_up THEN 'ONLINE' ELSE 'OFFLINE' END"

HEALTH_MONITORS: Noun[HealthMonitor] = Noun(
    shape=HealthMonitor,
    listing=Listing(
        select=select("", "health_monitors", "h", "load_balancer_id", operating=OPERATING),
        attributes=attributes(
            "h",
            "load_balancer_id",
            operating_status=Attribute(OPERATING, sortable=False),
            type=Attribute("h.type"),
            delay=Attribute("h.delay", "int"),
            timeout=Attribute("h.timeout", "int"),
            max_retries=Attribute("h.max_retries", "int"),
            max_retries_down=Attribute("h.max_retries_down", "int"),
            pool_id=Attribute("h.pool_id", "uuid", sortable=False),
        ),
    ),
    alias="h",
    missing=HealthMonitorNotFound,
    collection="healthmonitors",
)


async def insert_health_monitor(conn: Connection, monitor: HealthMonitor) -> None:
    """Raises DuplicateHealthMonitor, QuotaMet."""
    with naming({"health_monitors_one": lambda: DuplicateHealthMonitor(monitor.pool_id)}):
        await SQL.insert_health_monitor(
            conn,
            id=monitor.id,
            pool_id=monitor.pool_id,
            load_balancer_id=monitor.load_balancer_id,
            project_id=monitor.project_id,
            name=monitor.name,
            admin_state_up=monitor.admin_state_up,
            type=monitor.type,
            delay=monitor.delay,
            timeout=monitor.timeout,
            max_retries=monitor.max_retries,
            max_retries_down=monitor.max_retries_down,
            tags=monitor.tags,
        )
    await quotas.take(conn, monitor.project_id, RESOURCE)


async def update_health_monitor(conn: Connection, after: HealthMonitor) -> None:
    await SQL.update_health_monitor(
        conn,
        id=after.id,
        name=after.name,
        admin_state_up=after.admin_state_up,
        delay=after.delay,
        timeout=after.timeout,
        max_retries=after.max_retries,
        max_retries_down=after.max_retries_down,
        tags=after.tags,
    )


async def delete_health_monitor(conn: Connection, monitor: HealthMonitor) -> None:
    await SQL.delete_health_monitor(conn, id=monitor.id)
    await quotas.give_back(conn, monitor.project_id, RESOURCE)


async def addresses_in(conn: Connection, pool_id: str) -> list[str]:
    """Of the members of a pool."""
    return [row["address"] async for row in SQL.monitored_addresses(conn, pool_id=pool_id)]
