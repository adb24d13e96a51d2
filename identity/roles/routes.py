"""Routes of roles. Every change is published, because each process keeps the graph of roles in memory."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.bodies import read_noun
from identity.links import linked
from identity.lists import reply_listing
from identity.policy import authorize
from identity.revocations.store import change_rights, revoke
from identity.roles import store
from identity.roles.schema import render
from identity.tokens.claims import role_subject
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where


async def list_roles(request: web.Request) -> web.Response:
    """The roles known in every domain, or those of the domain that the query names."""
    authorize(request, {})
    where = Where()
    if "domain_id" not in request.query:
        where.add("domain_id IS NULL")
    return await reply_listing(request, "roles", store.ROLES.listing, render, where)


async def create_role(request: web.Request) -> web.Response:
    authorize(request, {})
    draft, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.ROLES.insert(connection, draft, extra)
    await request.app[IDENTITY].feed.publish()
    return reply({"role": linked(request, "roles", render(row))}, 201)


async def show_role(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_role(connection, request.match_info["role_id"])
    return reply({"role": linked(request, "roles", render(row))})


async def update_role(request: web.Request) -> web.Response:
    """Policy goes by names, so a role that gets another name ends the tokens that carry it."""
    authorize(request, {})
    changes, extra = await read_noun(request)
    role_id = request.match_info["role_id"]
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        row = await store.ROLES.update(connection, role_id, changes, extra)
        if "name" in changes:
            await revoke(connection, [role_subject(role_id)])
    await request.app[IDENTITY].feed.publish()
    return reply({"role": linked(request, "roles", render(row))})


async def delete_role(request: web.Request) -> web.Response:
    authorize(request, {})
    role_id = request.match_info["role_id"]
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        await store.ROLES.delete(connection, role_id)
        await revoke(connection, [role_subject(role_id)])
    await request.app[IDENTITY].feed.publish()
    return no_content()
