"""The listeners API."""

from aiohttp import web

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from northbound.balancing.changing import changing
from northbound.balancing.errors import UnsupportedOption
from northbound.balancing.listeners import store
from northbound.balancing.listeners.listener import Listener
from northbound.balancing.listeners.making import change_listener, make_listener
from northbound.balancing.listeners.schema import ListenerBody, render_listener
from northbound.balancing.listeners.store import LISTENERS
from northbound.balancing.load_balancers.store import LOAD_BALANCERS
from northbound.envelope import reply_one
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE


async def list_listeners(request: web.Request) -> web.Response:
    return await LISTENERS.page(request, render_listener)


async def show_listener(request: web.Request) -> web.Response:
    return reply_one(request, "listener", render_listener(request, await _visible(request)))


async def show_listener_statistics(request: web.Request) -> web.Response:
    await _visible(request)
    raise UnsupportedOption("statistics: OVN counts nothing per listener.")


async def create_listener(request: web.Request) -> web.Response:
    body: ListenerBody = (await read_body(request)).listener
    reach = caller_of(request).reach
    async with request.app[DATABASE].connection() as conn:
        balancer = await LOAD_BALANCERS.fetch(conn, str(body.loadbalancer_id), reach)
    authorize(request, {"project_id": balancer.project_id})
    async with changing(request, balancer.id) as conn:
        current = await LOAD_BALANCERS.fetch(conn, balancer.id, None)
        draft = await make_listener(conn, current, body, reach, {})
        creates(draft.id)
        made = await LISTENERS.fetch(conn, draft.id, None)
    return reply_one(request, "listener", render_listener(request, made), 201)


async def update_listener(request: web.Request) -> web.Response:
    changes = (await read_body(request)).listener
    listener = await _visible(request)
    async with changing(request, listener.load_balancer_id) as conn:
        before = await LISTENERS.fetch(conn, listener.id, None)
        await store.update_listener(conn, await change_listener(conn, before, changes))
        after = await LISTENERS.fetch(conn, listener.id, None)
    return reply_one(request, "listener", render_listener(request, after))


async def delete_listener(request: web.Request) -> web.Response:
    listener = await _visible(request)
    async with changing(request, listener.load_balancer_id) as conn:
        await store.delete_listener(conn, await LISTENERS.fetch(conn, listener.id, None))
    return no_content()


async def _visible(request: web.Request) -> Listener:
    return await LISTENERS.show(request, LISTENERS.id_of(request, "listener_id"))
