"""Routes of credentials."""

from typing import Any

from aiohttp import web
from msgspec import UNSET

from identity.assembly import IDENTITY
from identity.audit.acts import creates
from identity.callers import caller_of
from identity.credentials import store
from identity.credentials.schema import TOTP, CreateCredential, CredentialChanges, UpdateCredential, check_seed, render
from identity.links import linked, reply_list
from identity.policy import authorize
from identity.visibility import reveal
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, compile_listing, parse_page


async def list_credentials(request: web.Request) -> web.Response:
    """The caller's own; an administrator sees everybody's."""
    authorize(request, {})
    page = parse_page(request.query, store.LISTING)
    caller, where = caller_of(request), Where()
    if not caller.is_admin:
        where.add("user_id = {}", caller.user_id)
    statement, values = compile_listing(store.LISTING, page, where)
    async with request.app[DATABASE].connection() as connection:
        rows = await connection.fetch(statement, *values)
    return reply_list(request, "credentials", [_shown(request, row) for row in rows], page)


async def create_credential(request: web.Request) -> web.Response:
    body: CreateCredential = await read_body(request)
    draft = body.credential
    user_id = draft.user_id or caller_of(request).user_id
    authorize(request, {"user_id": user_id})
    values = {
        "user_id": user_id,
        "project_id": draft.project_id,
        "type": draft.type,
        "sealed": request.app[IDENTITY].vault.seal(draft.blob, user_id),
    }
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_credential(connection, values)
        creates(row["id"])
    return reply({"credential": _shown(request, row)}, 201)


async def show_credential(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_credential(request, connection)
    return reply({"credential": _shown(request, row)})


async def update_credential(request: web.Request) -> web.Response:
    body: UpdateCredential = await read_body(request)
    changes = body.credential
    async with request.app[DATABASE].transaction() as connection:
        row = await _authorized_credential(request, connection)
        _refuse_move(row, changes)
        if changes.blob is not UNSET:
            await store.reseal(connection, row["id"], request.app[IDENTITY].vault.seal(changes.blob, row["user_id"]))
        row = await store.find_credential(connection, row["id"])
    return reply({"credential": _shown(request, row)})


def _refuse_move(row: store.Row, changes: CredentialChanges) -> None:
    for name in ("user_id", "project_id", "type"):
        if getattr(changes, name) not in (UNSET, row[name]):
            raise BadRequest(f"Invalid input for credential.{name}: it cannot be changed.")
    if row["type"] == TOTP and changes.blob is not UNSET:
        try:
            check_seed(changes.blob)
        except ValueError as error:
            raise BadRequest(f"Invalid input for credential.{error}.") from error


async def delete_credential(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        row = await _authorized_credential(request, connection)
        await store.delete_credential(connection, row["id"])
    return no_content()


async def _authorized_credential(request: web.Request, connection: Connection) -> store.Row:
    """The credential of the path. NotFound when the caller may not see it."""
    credential_id = request.match_info["credential_id"]
    row = await store.find_credential(connection, credential_id)
    if row is None:
        raise store.CredentialNotFound(credential_id)
    target = {"user_id": row["user_id"]}
    reveal(request, "identity:get_credential", target, store.CredentialNotFound(credential_id))
    authorize(request, target)
    return row


def _shown(request: web.Request, row: store.Row) -> dict[str, Any]:
    blob = None if row["type"] == TOTP else request.app[IDENTITY].vault.open(row["sealed"], row["user_id"])
    return linked(request, "credentials", render(row, blob))
