"""The health monitors API."""

from aiohttp import web

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from northbound.balancing.changing import changing
from northbound.balancing.health_monitors import store
from northbound.balancing.health_monitors.making import change_health_monitor, make_health_monitor
from northbound.balancing.health_monitors.monitor import HealthMonitor
from northbound.balancing.health_monitors.schema import MonitorOfPool, render_health_monitor
from northbound.balancing.health_monitors.store import HEALTH_MONITORS
from northbound.balancing.pools.store import POOLS
from northbound.envelope import reply_one
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE


async def list_health_monitors(request: web.Request) -> web.Response:
    return await HEALTH_MONITORS.page(request, render_health_monitor)


async def show_health_monitor(request: web.Request) -> web.Response:
    return reply_one(request, "healthmonitor", render_health_monitor(request, await _visible(request)))


async def create_health_monitor(request: web.Request) -> web.Response:
    body: MonitorOfPool = (await read_body(request)).healthmonitor
    async with request.app[DATABASE].connection() as conn:
        pool = await POOLS.fetch(conn, str(body.pool_id), caller_of(request).reach)
    authorize(request, {"project_id": pool.project_id})
    async with changing(request, pool.load_balancer_id) as conn:
        draft = await make_health_monitor(conn, await POOLS.fetch(conn, pool.id, None), body)
        creates(draft.id)
        made = await HEALTH_MONITORS.fetch(conn, draft.id, None)
    return reply_one(request, "healthmonitor", render_health_monitor(request, made), 201)


async def update_health_monitor(request: web.Request) -> web.Response:
    changes = (await read_body(request)).healthmonitor
    monitor = await _visible(request)
    async with changing(request, monitor.load_balancer_id) as conn:
        before = await HEALTH_MONITORS.fetch(conn, monitor.id, None)
        await store.update_health_monitor(conn, change_health_monitor(before, changes))
        after = await HEALTH_MONITORS.fetch(conn, monitor.id, None)
    return reply_one(request, "healthmonitor", render_health_monitor(request, after))


async def delete_health_monitor(request: web.Request) -> web.Response:
    monitor = await _visible(request)
    async with changing(request, monitor.load_balancer_id) as conn:
        await store.delete_health_monitor(conn, await HEALTH_MONITORS.fetch(conn, monitor.id, None))
    return no_content()


async def _visible(request: web.Request) -> HealthMonitor:
    return await HEALTH_MONITORS.show(request, HEALTH_MONITORS.id_of(request, "healthmonitor_id"))
