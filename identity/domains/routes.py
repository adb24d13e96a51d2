"""Routes of domains."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.assignments.endings import subjects_of_groups_in_domain
from identity.bodies import read_noun
from identity.domains import store
from identity.domains.schema import render
from identity.links import linked
from identity.lists import reply_listing
from identity.policy import authorize
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import domain_subject
from identity.visibility import reveal
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE


async def list_domains(request: web.Request) -> web.Response:
    authorize(request, {})
    return await reply_listing(request, "domains", store.LISTING, render)


async def create_domain(request: web.Request) -> web.Response:
    authorize(request, {})
    draft, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_domain(connection, draft, extra)
    return reply({"domain": linked(request, "domains", render(row))}, 201)


async def show_domain(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_domain(request, connection)
    return reply({"domain": linked(request, "domains", render(row))})


async def update_domain(request: web.Request) -> web.Response:
    changes, extra = await read_noun(request)
    ends_rights = changes.get("enabled") is False
    async with request.app[DATABASE].transaction() as connection:
        domain = await _authorized_domain(request, connection)
        if ends_rights:
            await change_rights(connection)
        row = await store.update_domain(connection, domain["id"], changes, extra)
        if ends_rights:
            await revoke(connection, [domain_subject(domain["id"])])
    if ends_rights:
        await request.app[IDENTITY].feed.publish()
    return reply({"domain": linked(request, "domains", render(row))})


async def delete_domain(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        domain = await _authorized_domain(request, connection)
        await change_rights(connection)
        ended = await subjects_of_groups_in_domain(connection, domain["id"])
        await store.delete_domain(connection, domain["id"])
        await revoke(connection, [domain_subject(domain["id"]), *ended])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def _authorized_domain(request: web.Request, connection: Connection) -> store.Row:
    """The domain of the path. NotFound when the caller may not see it, Forbidden when only the action is barred."""
    domain_id = request.match_info["domain_id"]
    row = await store.fetch_domain(connection, domain_id)
    target = {"domain_id": row["id"]}
    reveal(request, "identity:get_domain", target, store.DomainNotFound(domain_id))
    authorize(request, target)
    return row
