"""Listeners in PostgreSQL. Every change is inside `load_balancers.store.changed`."""

from pathlib import Path

from northbound.balancing.errors import DuplicateListener, ListenerNotFound
from northbound.balancing.listeners.listener import Listener
from northbound.balancing.quotas import store as quotas
from northbound.balancing.reading import Noun, attributes, select
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")
RESOURCE = "listener"

LISTENERS: Noun[Listener] = Noun(
    shape=Listener,
    listing=Listing(
        select=select("", "listeners", "s", "load_balancer_id"),
        attributes=attributes(
            "s",
            "load_balancer_id",
            description=Attribute("s.description"),
            protocol=Attribute("s.protocol"),
            protocol_port=Attribute("s.protocol_port", "int"),
            default_pool_id=Attribute("s.default_pool_id", "uuid", sortable=False),
            loadbalancer_id=Attribute("s.load_balancer_id", "uuid"),
            load_balancer_id=Attribute("s.load_balancer_id", "uuid"),
            connection_limit=Attribute("-1", "int"),
        ),
    ),
    alias="s",
    missing=ListenerNotFound,
    collection="listeners",
)


async def insert_listener(conn: Connection, listener: Listener) -> None:
    """Raises DuplicateListener, QuotaMet."""
    with naming({"listeners_port": lambda: DuplicateListener(listener.protocol, listener.protocol_port)}):
        await SQL.insert_listener(
            conn,
            id=listener.id,
            load_balancer_id=listener.load_balancer_id,
            project_id=listener.project_id,
            name=listener.name,
            description=listener.description,
            admin_state_up=listener.admin_state_up,
            protocol=listener.protocol,
            protocol_port=listener.protocol_port,
            default_pool_id=listener.default_pool_id,
            tags=listener.tags,
        )
    await quotas.take(conn, listener.project_id, RESOURCE)


async def update_listener(conn: Connection, after: Listener) -> None:
    await SQL.update_listener(
        conn,
        id=after.id,
        name=after.name,
        description=after.description,
        admin_state_up=after.admin_state_up,
        default_pool_id=after.default_pool_id,
        tags=after.tags,
    )


async def serve(conn: Connection, listener_id: str, pool_id: str) -> None:
    """Makes the pool serve the listener."""
    await SQL.serve(conn, id=listener_id, pool_id=pool_id)


async def delete_listener(conn: Connection, listener: Listener) -> None:
    await SQL.delete_listener(conn, id=listener.id)
    await quotas.give_back(conn, listener.project_id, RESOURCE)
