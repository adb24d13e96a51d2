"""Routes of services."""

from aiohttp import web

from identity.bodies import read_noun
from identity.links import linked
from identity.lists import reply_listing
from identity.policy import authorize
from identity.services import store
from identity.services.schema import render
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE


async def list_services(request: web.Request) -> web.Response:
    authorize(request, {})
    return await reply_listing(request, "services", store.LISTING, render)


async def create_service(request: web.Request) -> web.Response:
    authorize(request, {})
    draft, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_service(connection, draft, extra)
    return reply({"service": linked(request, "services", render(row))}, 201)


async def show_service(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_service(connection, request.match_info["service_id"])
    return reply({"service": linked(request, "services", render(row))})


async def update_service(request: web.Request) -> web.Response:
    authorize(request, {})
    changes, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.update_service(connection, request.match_info["service_id"], changes, extra)
    return reply({"service": linked(request, "services", render(row))})


async def delete_service(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        await store.delete_service(connection, request.match_info["service_id"])
    return no_content()
