"""Routes of protocols: `/v3/OS-FEDERATION/identity_providers/{idp}/protocols`."""

from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from identity.federation.identity_providers.routes import COLLECTION as PROVIDERS
from identity.federation.identity_providers.store import fetch_provider
from identity.federation.names import name_in_path
from identity.federation.protocols import store
from identity.federation.protocols.schema import PutProtocol, UpdateProtocol, render
from identity.federation.sign_in.endings import end_sign_ins
from identity.links import linked, reply_list
from identity.policy import authorize
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import protocol_subject
from runtime.attributes import given
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, compile_listing, parse_page


async def list_protocols(request: web.Request) -> web.Response:
    authorize(request, {})
    page = parse_page(request.query, store.LISTING)
    where = Where()
    async with request.app[DATABASE].connection() as connection:
        provider = await fetch_provider(connection, request.match_info["idp_id"])
        where.add("idp_id = {}", provider["id"])
        statement, values = compile_listing(store.LISTING, page, where)
        rows = await connection.fetch(statement, *values)
    return reply_list(request, "protocols", [_linked(request, row) for row in rows], page)


async def create_protocol(request: web.Request) -> web.Response:
    """A new protocol with the id of the path."""
    authorize(request, {})
    body: PutProtocol = await read_body(request)
    protocol_id = name_in_path(request, "protocol_id", body.protocol.id)
    async with request.app[DATABASE].transaction() as connection:
        provider = await fetch_provider(connection, request.match_info["idp_id"])
        row = await store.insert_protocol(connection, provider["id"], protocol_id, given(body.protocol))
    return reply({"protocol": _linked(request, row)}, 201)


async def show_protocol(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_protocol(connection, request.match_info["idp_id"], request.match_info["protocol_id"])
    return reply({"protocol": _linked(request, row)})


async def update_protocol(request: web.Request) -> web.Response:
    """Whoever signed in by it does so again, by what it says now."""
    authorize(request, {})
    body: UpdateProtocol = await read_body(request)
    idp_id, protocol_id = request.match_info["idp_id"], name_in_path(request, "protocol_id", body.protocol.id)
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        row = await store.update_protocol(connection, idp_id, protocol_id, given(body.protocol))
        await end_sign_ins(connection, [(idp_id, protocol_id)])
    await request.app[IDENTITY].feed.publish()
    return reply({"protocol": _linked(request, row)})


async def delete_protocol(request: web.Request) -> web.Response:
    authorize(request, {})
    idp_id, protocol_id = request.match_info["idp_id"], request.match_info["protocol_id"]
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        await store.delete_protocol(connection, idp_id, protocol_id)
        await revoke(connection, [protocol_subject(idp_id, protocol_id)])
    await request.app[IDENTITY].feed.publish()
    return no_content()


def _linked(request: web.Request, row: store.Row) -> dict[str, Any]:
    place = f"{PROVIDERS}/{row['idp_id']}"
    shown = linked(request, f"{place}/protocols", render(row))
    shown["links"]["identity_provider"] = shown["links"]["self"].removesuffix(f"/protocols/{row['id']}")
    return shown
