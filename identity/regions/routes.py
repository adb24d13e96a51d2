"""Routes of regions."""

from aiohttp import web

from identity.bodies import read_noun
from identity.links import linked
from identity.lists import reply_listing
from identity.policy import authorize
from identity.regions import store
from identity.regions.schema import is_region_id, render
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE


async def list_regions(request: web.Request) -> web.Response:
    authorize(request, {})
    return await reply_listing(request, "regions", store.LISTING, render)


async def create_region(request: web.Request) -> web.Response:
    authorize(request, {})
    draft, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_region(connection, draft, extra)
    return reply({"region": linked(request, "regions", render(row))}, 201)


async def put_region(request: web.Request) -> web.Response:
    """A new region with the id of the path."""
    authorize(request, {})
    draft, extra = await read_noun(request)
    region_id = request.match_info["region_id"]
    if not is_region_id(region_id) or "\x00" in region_id:
        raise BadRequest("Invalid input for region.id: expected 1 to 255 characters without spaces, /, ? and #.")
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_region(connection, {**draft, "id": region_id}, extra)
    return reply({"region": linked(request, "regions", render(row))}, 201)


async def show_region(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_region(connection, request.match_info["region_id"])
    return reply({"region": linked(request, "regions", render(row))})


async def update_region(request: web.Request) -> web.Response:
    authorize(request, {})
    changes, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.update_region(connection, request.match_info["region_id"], changes, extra)
    return reply({"region": linked(request, "regions", render(row))})


async def delete_region(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        await store.delete_region(connection, request.match_info["region_id"])
    return no_content()
