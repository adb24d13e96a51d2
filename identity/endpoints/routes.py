"""Routes of endpoints."""

from aiohttp import web

from identity.bodies import read_noun
from identity.endpoints import store
from identity.endpoints.schema import fold_region, render
from identity.links import linked
from identity.lists import reply_listing
from identity.policy import authorize
from identity.regions.store import ensure_region
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE


async def list_endpoints(request: web.Request) -> web.Response:
    authorize(request, {})
    return await reply_listing(request, "endpoints", store.LISTING, render)


async def create_endpoint(request: web.Request) -> web.Response:
    authorize(request, {})
    draft, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        await _ensure_region(connection, draft)
        row = await store.insert_endpoint(connection, fold_region(draft), extra)
    return reply({"endpoint": linked(request, "endpoints", render(row))}, 201)


async def show_endpoint(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_endpoint(connection, request.match_info["endpoint_id"])
    return reply({"endpoint": linked(request, "endpoints", render(row))})


async def update_endpoint(request: web.Request) -> web.Response:
    authorize(request, {})
    changes, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        await _ensure_region(connection, changes)
        row = await store.update_endpoint(connection, request.match_info["endpoint_id"], fold_region(changes), extra)
    return reply({"endpoint": linked(request, "endpoints", render(row))})


async def delete_endpoint(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        await store.delete_endpoint(connection, request.match_info["endpoint_id"])
    return no_content()


async def _ensure_region(connection: Connection, sent: store.Row) -> None:
    """A region named by the older spelling is made when there is none, as in Keystone; one by `region_id` must be there."""
    if sent.get("region_id") is None and (name := sent.get("region")) is not None:
        await ensure_region(connection, name)
