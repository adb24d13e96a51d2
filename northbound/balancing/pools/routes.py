"""The pools API."""

from aiohttp import web

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from northbound.balancing.changing import changing
from northbound.balancing.errors import DuplicatePool, InvalidInput, LoadBalancerNotFound
from northbound.balancing.listeners import store as listeners
from northbound.balancing.listeners.listener import Listener
from northbound.balancing.listeners.store import LISTENERS
from northbound.balancing.load_balancers.balancer import LoadBalancer
from northbound.balancing.load_balancers.store import LOAD_BALANCERS
from northbound.balancing.pools import store
from northbound.balancing.pools.making import change_pool, make_pool
from northbound.balancing.pools.pool import Pool
from northbound.balancing.pools.schema import PoolBody, render_pool
from northbound.balancing.pools.store import POOLS
from northbound.balancing.protocols import check_same
from northbound.envelope import reply_one
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE


async def list_pools(request: web.Request) -> web.Response:
    return await POOLS.page(request, render_pool)


async def show_pool(request: web.Request) -> web.Response:
    return reply_one(request, "pool", render_pool(request, await _visible(request)))


async def create_pool(request: web.Request) -> web.Response:
    body: PoolBody = (await read_body(request)).pool
    balancer, listener = await _parents(request, body)
    authorize(request, {"project_id": balancer.project_id})
    async with changing(request, balancer.id) as conn:
        current = await LOAD_BALANCERS.fetch(conn, balancer.id, None)
        pool = await make_pool(conn, current, body, caller_of(request).reach)
        if listener is not None:
            serving = await LISTENERS.fetch(conn, listener.id, None)
            if serving.default_pool_id is not None:
                raise DuplicatePool(serving.id)
            check_same(serving.protocol, pool.protocol)
            await listeners.serve(conn, serving.id, pool.id)
        creates(pool.id)
        made = await POOLS.fetch(conn, pool.id, None)
    return reply_one(request, "pool", render_pool(request, made), 201)


async def _parents(request: web.Request, body: PoolBody) -> tuple[LoadBalancer, Listener | None]:
    """The load balancer that the pool is for, and the listener, when the caller may see them."""
    reach = caller_of(request).reach
    async with request.app[DATABASE].connection() as conn:
        listener = None
        if body.listener_id is not None:
            listener = await LISTENERS.fetch(conn, str(body.listener_id), reach)
        if body.loadbalancer_id is None and listener is None:
            raise InvalidInput("pool", "Must provide at least one of: loadbalancer_id, listener_id.")
        wanted = listener.load_balancer_id if body.loadbalancer_id is None else str(body.loadbalancer_id)
        if listener is not None and wanted != listener.load_balancer_id:
            raise LoadBalancerNotFound(wanted)
        return await LOAD_BALANCERS.fetch(conn, wanted, reach), listener


async def update_pool(request: web.Request) -> web.Response:
    changes = (await read_body(request)).pool
    pool = await _visible(request)
    async with changing(request, pool.load_balancer_id) as conn:
        await store.update_pool(conn, change_pool(await POOLS.fetch(conn, pool.id, None), changes))
        after = await POOLS.fetch(conn, pool.id, None)
    return reply_one(request, "pool", render_pool(request, after))


async def delete_pool(request: web.Request) -> web.Response:
    pool = await _visible(request)
    async with changing(request, pool.load_balancer_id) as conn:
        await store.delete_pool(conn, await POOLS.fetch(conn, pool.id, None))
    return no_content()


async def _visible(request: web.Request) -> Pool:
    return await POOLS.show(request, POOLS.id_of(request, "pool_id"))
