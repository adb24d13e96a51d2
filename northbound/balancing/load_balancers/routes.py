"""The load balancers API."""

import uuid

from aiohttp import web

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from northbound.balancing.changing import changing
from northbound.balancing.errors import UnsupportedOption
from northbound.balancing.listeners.making import make_listener
from northbound.balancing.load_balancers import store
from northbound.balancing.load_balancers.balancer import LoadBalancer
from northbound.balancing.load_balancers.schema import (
    UNSUPPORTED,
    LoadBalancerChanges,
    LoadBalancerDraft,
    check_draft,
    render_load_balancer,
)
from northbound.balancing.load_balancers.store import LOAD_BALANCERS
from northbound.balancing.load_balancers.tree import read_tree, render_statuses, render_tree
from northbound.balancing.load_balancers.vips import Holder
from northbound.balancing.pools.making import make_pool
from northbound.balancing.pools.pool import Pool
from northbound.balancing.reading import DEFAULTS
from northbound.balancing.unsupported import refuse
from northbound.envelope import reply_one
from northbound.nouns.noun import change_given
from northbound.projects import owner_of
from northbound.writes import writing
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE

CHANGEABLE = ("name", "description", "admin_state_up", "tags")


async def list_load_balancers(request: web.Request) -> web.Response:
    return await LOAD_BALANCERS.page(request, render_load_balancer)


async def show_load_balancer(request: web.Request) -> web.Response:
    return reply_one(request, "loadbalancer", render_load_balancer(request, await _visible(request)))


async def create_load_balancer(request: web.Request) -> web.Response:
    body: LoadBalancerDraft = (await read_body(request)).loadbalancer
    project_id = owner_of(request, body)
    authorize(request, {"project_id": project_id})
    check_draft(body)
    load_balancer_id = str(uuid.uuid4())
    async with writing(request) as conn:
        vips = await Holder(request, conn, load_balancer_id, project_id).hold_all(body)
        balancer = LoadBalancer(
            id=load_balancer_id,
            project_id=project_id,
            name=body.name or "",
            description=body.description or "",
            admin_state_up=body.admin_state_up,
            vips=vips,
            tags=body.tags or [],
        )
        await store.insert_load_balancer(conn, balancer)
        creates(load_balancer_id)
        async with store.changed(conn, load_balancer_id):
            await _fill(conn, balancer, body, caller_of(request).reach)
        tree = await read_tree(conn, load_balancer_id)
    whole = bool(body.listeners or body.pools)
    return reply(
        {"loadbalancer": render_tree(request, tree) if whole else render_load_balancer(request, tree.balancer)}, 201
    )


async def _fill(conn: Connection, balancer: LoadBalancer, body: LoadBalancerDraft, reach: str | None) -> None:
    """Makes what the body of a new load balancer holds: the pools first, which listeners may name."""
    named: dict[str, Pool] = {}
    for tree in body.pools or []:
        if tree.name and tree.name in named:
            raise BadRequest("Invalid input for loadbalancer.pools: two have the same name.")
        pool = await make_pool(conn, balancer, tree, reach)
        named[pool.name] = pool
    for tree in body.listeners or []:
        await make_listener(conn, balancer, tree, reach, named)


async def update_load_balancer(request: web.Request) -> web.Response:
    changes: LoadBalancerChanges = (await read_body(request)).loadbalancer
    balancer = await _visible(request)
    refuse(changes, UNSUPPORTED)
    async with changing(request, balancer.id) as conn:
        before = await LOAD_BALANCERS.fetch(conn, balancer.id, None)
        await store.update_load_balancer(conn, change_given(before, changes, CHANGEABLE, DEFAULTS))
        after = await LOAD_BALANCERS.fetch(conn, balancer.id, None)
    return reply_one(request, "loadbalancer", render_load_balancer(request, after))


async def delete_load_balancer(request: web.Request) -> web.Response:
    balancer = await _visible(request)
    cascade = request.query.get("cascade", "false").lower() == "true"
    async with changing(request, balancer.id) as conn:
        before = await LOAD_BALANCERS.fetch(conn, balancer.id, None)
        await store.delete_load_balancer(conn, before, cascade=cascade)
    return no_content()


async def show_statuses(request: web.Request) -> web.Response:
    balancer = await _visible(request)
    async with request.app[DATABASE].connection() as conn:
        return reply({"statuses": {"loadbalancer": render_statuses(request, await read_tree(conn, balancer.id))}})


async def show_statistics(request: web.Request) -> web.Response:
    await _visible(request)
    raise UnsupportedOption("statistics: OVN counts nothing per load balancer.")


async def fail_over(request: web.Request) -> web.Response:
    await _visible(request)
    raise UnsupportedOption("failover: an OVN load balancer runs on every host at once, there is nothing to fail over.")


async def _visible(request: web.Request) -> LoadBalancer:
    return await LOAD_BALANCERS.show(request, LOAD_BALANCERS.id_of(request, "loadbalancer_id"))
