"""A load balancer with everything inside it: the status tree, and the answer to who made it all in one request."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from msgspec import Struct

from northbound.balancing.health_monitors.monitor import HealthMonitor
from northbound.balancing.health_monitors.schema import render_health_monitor
from northbound.balancing.health_monitors.store import HEALTH_MONITORS
from northbound.balancing.listeners.listener import Listener
from northbound.balancing.listeners.schema import render_listener
from northbound.balancing.listeners.store import LISTENERS
from northbound.balancing.load_balancers.balancer import LoadBalancer
from northbound.balancing.load_balancers.schema import render_load_balancer
from northbound.balancing.load_balancers.store import LOAD_BALANCERS
from northbound.balancing.members.member import Member
from northbound.balancing.members.schema import render_member
from northbound.balancing.members.store import MEMBERS
from northbound.balancing.pools.pool import Pool
from northbound.balancing.pools.schema import render_pool
from northbound.balancing.pools.store import POOLS
from northbound.balancing.reading import Shown, statuses
from runtime.database import Connection


class Tree(Struct, frozen=True):
    balancer: LoadBalancer
    listeners: Sequence[Listener]
    pools: Sequence[Pool]
    members: Sequence[Member]
    monitors: Sequence[HealthMonitor]

    def members_of(self, pool: Pool) -> list[Member]:
        return [member for member in self.members if member.pool_id == pool.id]

    def monitor_of(self, pool: Pool) -> HealthMonitor | None:
        return next((monitor for monitor in self.monitors if monitor.pool_id == pool.id), None)


async def read_tree(conn: Connection, load_balancer_id: str) -> Tree:
    """Raises LoadBalancerNotFound."""
    return Tree(
        await LOAD_BALANCERS.fetch(conn, load_balancer_id, None),
        *[
            await noun.read_inside(conn, load_balancer_id=load_balancer_id)
            for noun in (LISTENERS, POOLS, MEMBERS, HEALTH_MONITORS)
        ],
    )


def render_tree(request: web.Request, tree: Tree) -> dict[str, Any]:
    """Everything in full: pools hold their members and their health monitor."""
    pools = {pool.id: _whole_pool(request, tree, pool) for pool in tree.pools}
    listeners = [
        {**render_listener(request, one), "default_pool": pools.get(one.default_pool_id or "")}
        for one in tree.listeners
    ]
    return {**render_load_balancer(request, tree.balancer), "listeners": listeners, "pools": list(pools.values())}


def _whole_pool(request: web.Request, tree: Tree, pool: Pool) -> dict[str, Any]:
    monitor = tree.monitor_of(pool)
    return {
        **render_pool(request, pool),
        "members": [render_member(request, member) for member in tree.members_of(pool)],
        "healthmonitor": None if monitor is None else render_health_monitor(request, monitor),
    }


def render_statuses(request: web.Request, tree: Tree) -> dict[str, Any]:
    """The status tree: listeners with the pool that serves each, and the pools that serve none."""
    pools = {pool.id: _pool_statuses(request, tree, pool) for pool in tree.pools}
    return {
        **_status(request, tree.balancer),
        "listeners": [
            {
                **_status(request, one),
                "l7policies": [],
                "pools": [pools[one.default_pool_id]] if one.default_pool_id in pools else [],
            }
            for one in tree.listeners
        ],
        "pools": [pools[pool.id] for pool in tree.pools if not pool.listeners],
    }


def _pool_statuses(request: web.Request, tree: Tree, pool: Pool) -> dict[str, Any]:
    monitor = tree.monitor_of(pool)
    return {
        **_status(request, pool),
        "health_monitor": {} if monitor is None else {**_status(request, monitor), "type": monitor.type},
        "members": [
            {**_status(request, one), "address": one.address, "protocol_port": one.protocol_port}
            for one in tree.members_of(pool)
        ],
    }


def _status(request: web.Request, shown: Shown) -> dict[str, Any]:
    return {"id": shown.id, "name": shown.name, **statuses(request, shown)}
