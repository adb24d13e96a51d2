"""/os-keypairs. Fingerprints are MD5 because clients compare them so."""

from typing import Any

import asyncpg
from aiohttp import web

from compute.keypairs import keys, store
from compute.keypairs.maker import KEY_MAKER
from compute.keypairs.schema import SINCE, UNSET, check_draft
from compute.links import next_page
from compute.versions.microversions import at_least, refuse_until
from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import parse_page

PAGING = frozenset({"user_id"})


async def list_keypairs(request: web.Request) -> web.Response:
    user_id = _user_of(request)
    authorize(request, {"user_id": user_id})
    page = parse_page(request.query, store.LISTING, ignore=PAGING)
    async with request.app[DATABASE].connection() as conn:
        keypairs = await store.select(conn, page, user_id)
    content = {"keypairs": [{"keypair": render_keypair(request, keypair)} for keypair in keypairs]}
    return reply(content | next_page(request, "keypairs", page, [keypair["name"] for keypair in keypairs]))


def _user_of(request: web.Request) -> str:
    """Whose keypairs the path means: `user_id` of the query (an administrator's word), else the caller's own."""
    asked = request.query.get("user_id") if at_least(request, 10) else None
    return asked or caller_of(request).user_id


def render_keypair(request: web.Request, keypair: asyncpg.Record) -> dict[str, Any]:
    shown = {
        "name": keypair["name"],
        "public_key": keypair["public_key"],
        "fingerprint": keypair["fingerprint"],
    }
    if at_least(request, 2):
        shown["type"] = keypair["kind"]
    return shown


async def show_keypair(request: web.Request) -> web.Response:
    user_id = _user_of(request)
    authorize(request, {"user_id": user_id})
    async with request.app[DATABASE].connection() as conn:
        keypair = await store.fetch(conn, user_id, request.match_info["name"])
    history = {
        "id": 0,
        "user_id": keypair["user_id"],
        "created_at": keypair["created_at"].strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "updated_at": None,
        "deleted": False,
        "deleted_at": None,
    }
    return reply({"keypair": render_keypair(request, keypair) | history})


async def create_keypair(request: web.Request) -> web.Response:
    draft = (await read_body(request)).keypair
    refuse_until(request, draft, SINCE, "keypair")
    user_id = caller_of(request).user_id if draft.user_id is UNSET else draft.user_id
    authorize(request, {"user_id": user_id})
    check_draft(draft, request["microversion"])
    private: dict[str, str] = {}
    if draft.public_key is UNSET:
        generated = await request.app[KEY_MAKER].make()
        public_key, private = generated.public_key, {"private_key": generated.private_key}
    else:
        public_key = keys.check_public_key(draft.public_key)
    async with request.app[DATABASE].transaction() as conn:
        keypair = await store.insert(conn, user_id, draft.name, public_key)
        creates(draft.name)
    shown = render_keypair(request, keypair) | {"user_id": user_id} | private
    return reply({"keypair": shown}, status=201 if at_least(request, 2) else 200)


async def delete_keypair(request: web.Request) -> web.Response:
    user_id = _user_of(request)
    authorize(request, {"user_id": user_id})
    async with request.app[DATABASE].transaction() as conn:
        await store.delete(conn, user_id, request.match_info["name"])
    return no_content() if at_least(request, 2) else web.Response(status=202)
