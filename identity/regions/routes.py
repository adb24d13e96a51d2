"""Routes of regions."""

from aiohttp import web

from identity.bodies import read_noun
from identity.links import linked, linked_all, reply_list
from identity.policy import authorize
from identity.regions import store
from identity.regions.schema import render
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, compile_listing, parse_page


async def list_regions(request: web.Request) -> web.Response:
    authorize(request, {})
    page = parse_page(request.query, store.LISTING)
    statement, values = compile_listing(store.LISTING, page, Where())
    async with request.app[DATABASE].connection() as connection:
        rows = await connection.fetch(statement, *values)
    return reply_list(request, "regions", linked_all(request, "regions", map(render, rows)), page)


async def create_region(request: web.Request) -> web.Response:
    authorize(request, {})
    draft, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_region(connection, draft, extra)
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
