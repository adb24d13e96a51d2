"""A request's transaction that changes one load balancer or what is inside it.

Octavia lets nobody change what it has not finished changing: 409. Here that is so while OVN is away; a change that is
on its way is waited for, as long as any request waits for its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from northbound.balancing.errors import Immutable
from northbound.balancing.load_balancers import store
from northbound.translation.service import TRANSLATION
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.keys import DATABASE


@asynccontextmanager
async def changing(request: web.Request, load_balancer_id: str) -> AsyncIterator[Connection]:
    """A transaction with the load balancer's lock, which marks it and waits for OVN after its commit.

    Raises Immutable, LoadBalancerNotFound.
    """
    await _require_mutable(request, load_balancer_id)
    async with writing(request) as conn, store.changed(conn, load_balancer_id):
        yield conn


async def _require_mutable(request: web.Request, load_balancer_id: str) -> None:
    async with request.app[DATABASE].connection() as conn:
        pending = await store.pending_revision(conn, load_balancer_id)
    if pending is not None and not await request.app[TRANSLATION].settle(pending):
        async with request.app[DATABASE].connection() as conn:
            if await store.is_pending(conn, load_balancer_id, pending):
                raise Immutable(load_balancer_id)
