"""A pool from what the caller said, with what is to be in it."""

import uuid

import msgspec
from msgspec import UNSET

from northbound.balancing.errors import InvalidInput
from northbound.balancing.health_monitors import making as health_monitors
from northbound.balancing.load_balancers.balancer import LoadBalancer
from northbound.balancing.members import store as members
from northbound.balancing.members.making import draft_members
from northbound.balancing.pools import store
from northbound.balancing.pools.pool import Pool
from northbound.balancing.pools.schema import PoolChanges, PoolTree, check_pool, parse_persistence
from northbound.balancing.pools.store import POOLS
from northbound.balancing.protocols import pool_protocol
from northbound.balancing.reading import DEFAULTS
from northbound.nouns.noun import change_given
from runtime.database import Connection


async def make_pool(conn: Connection, balancer: LoadBalancer, body: PoolTree, reach: str | None) -> Pool:
    """Adds the pool with its members and health monitor; raises what their bodies can have wrong, and QuotaMet."""
    pool = draft_pool(balancer, body)
    await store.insert_pool(conn, pool)
    await members.insert_members(conn, await draft_members(conn, balancer, pool, body.members or [], reach))
    if body.healthmonitor is not None:
        current = await POOLS.fetch(conn, pool.id, None)
        await health_monitors.make_health_monitor(conn, current, body.healthmonitor)
    return await POOLS.fetch(conn, pool.id, None)


def draft_pool(balancer: LoadBalancer, body: PoolTree) -> Pool:
    """Pure. Raises UnsupportedOption, InvalidInput."""
    for attribute in ("protocol", "lb_algorithm"):
        if getattr(body, attribute) is None:
            raise InvalidInput(attribute, "Mandatory field missing.")
    check_pool(body)
    return Pool(
        id=str(uuid.uuid4()),
        load_balancer_id=balancer.id,
        project_id=balancer.project_id,
        name=body.name or "",
        description=body.description or "",
        admin_state_up=body.admin_state_up,
        protocol=pool_protocol(str(body.protocol)),
        persistence_timeout=parse_persistence(body.session_persistence),
        tags=body.tags or [],
    )


def change_pool(before: Pool, changes: PoolChanges) -> Pool:
    """Pure. Raises UnsupportedOption, InvalidInput."""
    check_pool(changes)
    after = change_given(before, changes, ("name", "description", "admin_state_up", "tags"), DEFAULTS)
    if changes.session_persistence is UNSET:
        return after
    return msgspec.structs.replace(after, persistence_timeout=parse_persistence(changes.session_persistence))
