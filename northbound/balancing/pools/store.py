"""Pools in PostgreSQL. Every change is inside `load_balancers.store.changed`."""

from pathlib import Path

from northbound.balancing.errors import PoolNotFound
from northbound.balancing.pools.pool import Pool
from northbound.balancing.quotas import store as quotas
from northbound.balancing.reading import Noun, attributes, select
from runtime.database import Connection, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")
RESOURCE = "pool"

COLUMNS = (
    "ARRAY(SELECT s.id::text FROM northbound.listeners s WHERE s.default_pool_id = p.id ORDER BY s.created_at, s.id)"
    " AS listeners,"
    " ARRAY(SELECT m.id::text FROM northbound.members m WHERE m.pool_id = p.id ORDER BY m.created_at, m.id) AS members,"
    " (SELECT h.id FROM northbound.health_monitors h WHERE h.pool_id = p.id) AS healthmonitor_id"
)
POOLS: Noun[Pool] = Noun(
    shape=Pool,
    listing=Listing(
        select=select(COLUMNS, "pools", "p", "load_balancer_id"),
        attributes=attributes(
            "p",
            "load_balancer_id",
            description=Attribute("p.description"),
            protocol=Attribute("p.protocol"),
            lb_algorithm=Attribute("'SOURCE_IP_PORT'"),
            loadbalancer_id=Attribute("p.load_balancer_id", "uuid"),
            load_balancer_id=Attribute("p.load_balancer_id", "uuid"),
        ),
    ),
    alias="p",
    missing=PoolNotFound,
    collection="pools",
)


async def insert_pool(conn: Connection, pool: Pool) -> None:
    """Adds an empty pool; raises QuotaMet."""
    await SQL.insert_pool(
        conn,
        id=pool.id,
        load_balancer_id=pool.load_balancer_id,
        project_id=pool.project_id,
        name=pool.name,
        description=pool.description,
        admin_state_up=pool.admin_state_up,
        protocol=pool.protocol,
        persistence_timeout=pool.persistence_timeout,
        tags=pool.tags,
    )
    await quotas.take(conn, pool.project_id, RESOURCE)


async def update_pool(conn: Connection, after: Pool) -> None:
    await SQL.update_pool(
        conn,
        id=after.id,
        name=after.name,
        description=after.description,
        admin_state_up=after.admin_state_up,
        persistence_timeout=after.persistence_timeout,
        tags=after.tags,
    )


async def delete_pool(conn: Connection, pool: Pool) -> None:
    """Removes the pool with its members and health monitor; listeners that it served have none then."""
    await SQL.delete_pool(conn, id=pool.id)
    await quotas.give_back(conn, pool.project_id, RESOURCE)
    await quotas.give_back(conn, pool.project_id, "member", len(pool.members))
    if pool.healthmonitor_id is not None:
        await quotas.give_back(conn, pool.project_id, "health_monitor")
