"""Routes of domains."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.assignments.endings import subjects_of_groups_in_domain
from identity.bodies import read_noun
from identity.domains import store
from identity.domains.schema import render
from identity.links import linked
from identity.lists import reply_listing
from identity.nouns.table import Row
from identity.policy import authorize
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import domain_subject
from identity.visibility import reveal
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE


async def list_domains(request: web.Request) -> web.Response:
    authorize(request, {})
    return await reply_listing(request, "domains", store.DOMAINS.listing, render)


async def create_domain(request: web.Request) -> web.Response:
    authorize(request, {})
    draft, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.DOMAINS.insert(connection, draft, extra)
    return reply({"domain": linked(request, "domains", render(row))}, 201)


async def show_domain(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await authorized_domain(request, connection, request.match_info["domain_id"], "identity:get_domain")
    return reply({"domain": linked(request, "domains", render(row))})


async def update_domain(request: web.Request) -> web.Response:
    changes, extra = await read_noun(request)
    row = await change_domain(request, request.match_info["domain_id"], changes, extra)
    return reply({"domain": linked(request, "domains", render(row))})


async def delete_domain(request: web.Request) -> web.Response:
    await remove_domain(request, request.match_info["domain_id"])
    return no_content()


async def change_domain(request: web.Request, domain_id: str, changes: Row, extra: Row) -> Row:
    """The row after the change; when it disables the domain, every token that has to do with it ends."""
    ends_rights = changes.get("enabled") is False
    async with request.app[DATABASE].transaction() as connection:
        domain = await authorized_domain(request, connection, domain_id, "identity:update_domain")
        if ends_rights:
            await change_rights(connection)
        row = await store.DOMAINS.update(connection, domain["id"], changes, extra)
        if ends_rights:
            await revoke(connection, [domain_subject(domain["id"])])
    if ends_rights:
        await request.app[IDENTITY].feed.publish()
    return row


async def remove_domain(request: web.Request, domain_id: str) -> None:
    async with request.app[DATABASE].transaction() as connection:
        domain = await authorized_domain(request, connection, domain_id, "identity:delete_domain")
        await change_rights(connection)
        ended = await subjects_of_groups_in_domain(connection, domain["id"])
        await store.delete_domain(connection, domain["id"])
        await revoke(connection, [domain_subject(domain["id"]), *ended])
    await request.app[IDENTITY].feed.publish()


async def authorized_domain(request: web.Request, connection: Connection, domain_id: str, rule: str) -> Row:
    """The domain. NotFound when the caller may not see it, Forbidden when only the action is barred."""
    row = await store.fetch_domain(connection, domain_id)
    target = {"domain_id": row["id"]}
    reveal(request, "identity:get_domain", target, store.DOMAINS.missing(domain_id))
    authorize(request, target, rule=rule)
    return row
