"""A listener from what the caller said, with the pool that is to serve it."""

import uuid
from collections.abc import Mapping

import msgspec
from msgspec import UNSET

from northbound.balancing.errors import InvalidInput
from northbound.balancing.listeners import store
from northbound.balancing.listeners.listener import Listener
from northbound.balancing.listeners.schema import ListenerBody, ListenerChanges, ListenerTree, check_listener
from northbound.balancing.load_balancers.balancer import LoadBalancer
from northbound.balancing.pools.making import make_pool
from northbound.balancing.pools.pool import Pool
from northbound.balancing.pools.schema import PoolTree
from northbound.balancing.pools.store import POOLS
from northbound.balancing.protocols import check_same, listener_protocol
from northbound.balancing.reading import DEFAULTS
from northbound.nouns.noun import change_given
from runtime.database import Connection


async def make_listener(
    conn: Connection, balancer: LoadBalancer, body: ListenerTree, reach: str | None, named: Mapping[str, Pool]
) -> Listener:
    """Adds the listener, and its default pool if the body holds one; `named` are the pools that it may name.

    Raises what its own and its pool's bodies can have wrong, DuplicateListener, PoolNotFound, QuotaMet.
    """
    check_listener(body)
    protocol = listener_protocol(body.protocol)
    pool = await _choose_pool(conn, balancer, body, reach, named)
    if pool is not None:
        check_same(protocol, pool.protocol)
    listener = Listener(
        id=str(uuid.uuid4()),
        load_balancer_id=balancer.id,
        project_id=balancer.project_id,
        name=body.name or "",
        description=body.description or "",
        admin_state_up=body.admin_state_up,
        protocol=protocol,
        protocol_port=body.protocol_port,
        default_pool_id=None if pool is None else pool.id,
        tags=body.tags or [],
    )
    await store.insert_listener(conn, listener)
    return listener


async def _choose_pool(
    conn: Connection, balancer: LoadBalancer, body: ListenerTree, reach: str | None, named: Mapping[str, Pool]
) -> Pool | None:
    if isinstance(body, ListenerBody) and body.default_pool_id is not None:
        if body.default_pool is not None:
            raise InvalidInput("default_pool", "Say default_pool or default_pool_id, not both.")
        return await pool_of(conn, balancer.id, str(body.default_pool_id))
    if body.default_pool is None:
        return None
    if _names_only(body.default_pool):
        if body.default_pool.name not in named:
            raise InvalidInput("default_pool", f"No pool of the load balancer is named '{body.default_pool.name}'.")
        return named[body.default_pool.name]
    return await make_pool(conn, balancer, body.default_pool, reach)


def _names_only(body: PoolTree) -> bool:
    return bool(body.name) and body == PoolTree(name=body.name)


async def pool_of(conn: Connection, load_balancer_id: str, pool_id: str) -> Pool:
    """The pool, if it is the same load balancer's; raises PoolNotFound."""
    return await POOLS.fetch(conn, pool_id, None, load_balancer_id=load_balancer_id)


async def change_listener(conn: Connection, before: Listener, changes: ListenerChanges) -> Listener:
    """The listener as it will be; raises UnsupportedOption, InvalidInput, PoolNotFound."""
    check_listener(changes)
    after = change_given(before, changes, ("name", "description", "admin_state_up", "tags"), DEFAULTS)
    if changes.default_pool_id is UNSET:
        return after
    pool = None
    if changes.default_pool_id is not None:
        pool = await pool_of(conn, before.load_balancer_id, str(changes.default_pool_id))
        check_same(before.protocol, pool.protocol)
    return msgspec.structs.replace(after, default_pool_id=None if pool is None else pool.id)
