"""Routes of application credentials and access rules, below the user whose they are."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import web

from identity.application_credentials import store
from identity.application_credentials.schema import (
    CreateApplicationCredential,
    NewApplicationCredential,
    render,
    render_rules,
)
from identity.assembly import IDENTITY
from identity.assignments.store import select_role_ids
from identity.attributes import choose_roles
from identity.audit.acts import creates
from identity.callers import caller_of
from identity.links import linked, linked_all, reply_list
from identity.policy import authorize
from identity.revocations.store import change_rights, hold_rights, revoke
from identity.roles.store import read_graph
from identity.tokens.claims import Claims, credential_subject
from identity.users.store import UserNotFound, fetch_user
from identity.visibility import reveal
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Listing, Where, compile_listing, parse_page

SECRET_BYTES = 64


async def list_credentials(request: web.Request) -> web.Response:
    page = parse_page(request.query, store.LISTING)
    async with request.app[DATABASE].connection() as connection:
        where = await _owned(request, connection)
        statement, values = compile_listing(store.LISTING, page, where)
        rows = await connection.fetch(statement, *values)
    return reply_list(request, "application_credentials", linked_all(request, _place(request), map(render, rows)), page)


async def create_credential(request: web.Request) -> web.Response:
    """The credential with its secret, which is shown this once."""
    async with request.app[DATABASE].connection() as connection:
        await _owned(request, connection)
    body: CreateApplicationCredential = await read_body(request)
    draft, caller, claims = body.application_credential, caller_of(request), request["claims"]
    if caller.project_id is None:
        raise BadRequest("An application credential belongs to a project: use a token that is scoped to one.")
    if draft.expires_at is not None and draft.expires_at.time <= datetime.now(UTC):
        raise BadRequest("Invalid input for application_credential.expires_at: it has passed.")
    secret = draft.secret or secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "user_id": caller.user_id,
        "project_id": caller.project_id,
        "name": draft.name,
        "description": draft.description,
        "secret_hash": await request.app[IDENTITY].hasher.hash(secret),
        "expires_at": draft.expires_at and draft.expires_at.time,
        "unrestricted": draft.unrestricted,
    }
    async with request.app[DATABASE].transaction() as connection:
        await hold_rights(connection)
        role_ids = await _chosen_roles(connection, draft, claims)
        credential_id = await store.insert_credential(connection, values, role_ids, draft.access_rules or ())
        creates(credential_id)
        row = await _read(request, connection, store.LISTING, credential_id)
    shown = linked(request, _place(request), render(row))
    return reply({"application_credential": shown | {"secret": secret}}, 201)


async def _chosen_roles(connection: Connection, draft: NewApplicationCredential, claims: Claims) -> Sequence[str]:
    """The roles named, or the token's own when none is.

    They are among those that the user has on the project by now, also when the token is older than the grant; the
    token of another credential gives no more than its own.
    """
    if not draft.roles:
        return claims.roles
    held = claims.roles if claims.delegation else await select_role_ids(connection, claims.sub, claims.scope)
    return choose_roles(draft.roles, held, await read_graph(connection), "application_credential")


async def show_credential(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await _own_credential(request, connection)
    return reply({"application_credential": linked(request, _place(request), render(row))})


async def delete_credential(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        row = await _own_credential(request, connection)
        await change_rights(connection)
        await store.delete_credential(connection, row["id"])
        await revoke(connection, [credential_subject(row["id"])])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def list_rules(request: web.Request) -> web.Response:
    page = parse_page(request.query, store.RULES_LISTING)
    async with request.app[DATABASE].connection() as connection:
        where = await _owned(request, connection)
        statement, values = compile_listing(store.RULES_LISTING, page, where)
        rows = await connection.fetch(statement, *values)
    shown = linked_all(request, _place(request, "access_rules"), render_rules(rows))
    return reply_list(request, "access_rules", shown, page)


async def show_rule(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await _own_rule(request, connection)
    (shown,) = render_rules([row])
    return reply({"access_rule": linked(request, _place(request, "access_rules"), shown)})


async def delete_rule(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        row = await _own_rule(request, connection)
        await store.delete_rule(connection, row["id"])
    return no_content()


async def _owned(request: web.Request, connection: Connection) -> Where:
    """The predicate of what belongs to the user of the path, whom the caller may see, by the route's rule."""
    user_id = request.match_info["user_id"]
    user = await fetch_user(connection, user_id)
    target = {"user_id": user["id"], "domain_id": user["domain_id"]}
    reveal(request, "identity:get_user", target, UserNotFound(user_id))
    authorize(request, target)
    where = Where()
    where.add("user_id = {}", user["id"])
    return where


async def _own_credential(request: web.Request, connection: Connection) -> store.Row:
    credential_id = request.match_info["application_credential_id"]
    row = await _read(request, connection, store.LISTING, credential_id)
    if row is None:
        raise store.ApplicationCredentialNotFound(credential_id)
    return row


async def _own_rule(request: web.Request, connection: Connection) -> store.Row:
    rule_id = request.match_info["access_rule_id"]
    row = await _read(request, connection, store.RULES_LISTING, rule_id)
    if row is None:
        raise store.AccessRuleNotFound(rule_id)
    return row


async def _read(request: web.Request, connection: Connection, listing: Listing, noun_id: str) -> store.Row | None:
    where = await _owned(request, connection)
    where.add("id = {}", noun_id)
    return await connection.fetchrow(f"{listing.select} WHERE {' AND '.join(where.predicates)}", *where.values)


def _place(request: web.Request, noun: str = "application_credentials") -> str:
    return f"users/{request.match_info['user_id']}/{noun}"
