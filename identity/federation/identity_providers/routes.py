"""Routes of identity providers: `/v3/OS-FEDERATION/identity_providers`."""

from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from identity.federation.identity_providers import store
from identity.federation.identity_providers.schema import PutProvider, UpdateProvider, render
from identity.federation.names import name_in_path
from identity.links import linked, reply_list
from identity.policy import authorize
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import provider_subject
from runtime.attributes import given
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, compile_listing, parse_page

COLLECTION = "OS-FEDERATION/identity_providers"


async def list_providers(request: web.Request) -> web.Response:
    authorize(request, {})
    page = parse_page(request.query, store.LISTING)
    statement, values = compile_listing(store.LISTING, page, Where())
    async with request.app[DATABASE].connection() as connection:
        rows = await connection.fetch(statement, *values)
    return reply_list(request, "identity_providers", [_linked(request, row) for row in rows], page)


async def create_provider(request: web.Request) -> web.Response:
    """A new provider with the id of the path; it is disabled unless the body says otherwise."""
    authorize(request, {})
    body: PutProvider = await read_body(request)
    idp_id = name_in_path(request, "idp_id", body.identity_provider.id)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_provider(connection, idp_id, given(body.identity_provider))
    return _reply(request, row, 201)


async def show_provider(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_provider(connection, request.match_info["idp_id"])
    return _reply(request, row)


async def update_provider(request: web.Request) -> web.Response:
    """Tokens of its users end when it is disabled or loses a remote id."""
    authorize(request, {})
    body: UpdateProvider = await read_body(request)
    idp_id = name_in_path(request, "idp_id", body.identity_provider.id)
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        before, row = await store.update_provider(connection, idp_id, given(body.identity_provider))
        lost = set(before["remote_ids"]) - set(row["remote_ids"])
        if lost or not row["enabled"]:
            await revoke(connection, [provider_subject(idp_id)])
    await request.app[IDENTITY].feed.publish()
    return _reply(request, row)


async def delete_provider(request: web.Request) -> web.Response:
    authorize(request, {})
    idp_id = request.match_info["idp_id"]
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        await store.delete_provider(connection, idp_id)
        await revoke(connection, [provider_subject(idp_id)])
    await request.app[IDENTITY].feed.publish()
    return no_content()


def _linked(request: web.Request, row: store.Row) -> dict[str, Any]:
    shown = linked(request, COLLECTION, render(row))
    shown["links"]["protocols"] = f"{shown['links']['self']}/protocols"
    return shown


def _reply(request: web.Request, row: store.Row, status: int = 200) -> web.Response:
    return reply({"identity_provider": _linked(request, row)}, status)
