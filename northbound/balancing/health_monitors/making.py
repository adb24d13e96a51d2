"""A health monitor from what the caller said."""

import uuid

from northbound.balancing.errors import InvalidInput, UnsupportedOption
from northbound.balancing.health_monitors import store
from northbound.balancing.health_monitors.monitor import HealthMonitor
from northbound.balancing.health_monitors.schema import (
    TYPES,
    TYPES_OF_OCTAVIA,
    MonitorBody,
    MonitorChanges,
    check_monitor,
)
from northbound.balancing.members.making import check_monitorable
from northbound.balancing.pools.pool import Pool
from northbound.balancing.reading import DEFAULTS
from northbound.balancing.unsupported import choose
from northbound.nouns.noun import change_given
from runtime.database import Connection

DEFAULT_RETRIES_DOWN = 3
CHANGEABLE = ("name", "admin_state_up", "delay", "timeout", "max_retries", "max_retries_down", "tags")


async def make_health_monitor(conn: Connection, pool: Pool, body: MonitorBody) -> HealthMonitor:
    """Raises UnsupportedOption, InvalidInput, DuplicateHealthMonitor, QuotaMet."""
    monitor = draft_health_monitor(pool, body)
    check_monitorable(await store.addresses_in(conn, pool.id))
    await store.insert_health_monitor(conn, monitor)
    return monitor


def draft_health_monitor(pool: Pool, body: MonitorBody) -> HealthMonitor:
    """Pure. Raises UnsupportedOption, InvalidInput."""
    check_monitor(body)
    reason = "OVN checks by opening a connection; say TCP for a TCP pool, UDP-CONNECT for a UDP pool."
    choose("type", body.type, TYPES.values(), TYPES_OF_OCTAVIA, reason)
    if pool.protocol not in TYPES:
        raise UnsupportedOption(f"health monitor of a {pool.protocol} pool: OVN checks TCP and UDP members only.")
    if TYPES[pool.protocol] != body.type:
        raise InvalidInput("type", f"A {pool.protocol} pool is checked with {TYPES[pool.protocol]}.")
    return _checked(
        HealthMonitor(
            id=str(uuid.uuid4()),
            pool_id=pool.id,
            load_balancer_id=pool.load_balancer_id,
            project_id=pool.project_id,
            name=body.name or "",
            admin_state_up=body.admin_state_up,
            type=body.type,
            delay=body.delay,
            timeout=body.timeout,
            max_retries=body.max_retries,
            max_retries_down=body.max_retries_down or DEFAULT_RETRIES_DOWN,
            tags=body.tags or [],
        )
    )


def change_health_monitor(before: HealthMonitor, changes: MonitorChanges) -> HealthMonitor:
    """Pure. Raises UnsupportedOption, InvalidInput."""
    check_monitor(changes)
    return _checked(change_given(before, changes, CHANGEABLE, DEFAULTS | {"max_retries_down": DEFAULT_RETRIES_DOWN}))


def _checked(monitor: HealthMonitor) -> HealthMonitor:
    if monitor.timeout > monitor.delay:
        raise InvalidInput(
            "timeout", f"A check of {monitor.timeout} s must end before the next one ({monitor.delay} s)."
        )
    return monitor
