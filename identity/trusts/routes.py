"""Routes of trusts: `/v3/OS-TRUST/trusts`."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from identity.assignments.store import select_role_ids
from identity.attributes import choose_roles
from identity.audit.acts import creates
from identity.callers import caller_of
from identity.links import api_address, linked, linked_all, reply_list
from identity.policy import authorize
from identity.projects.store import fetch_project
from identity.revocations.store import change_rights, hold_rights, revoke
from identity.roles import schema as roles
from identity.roles.store import ROLES, read_graph
from identity.tokens.claims import ByTrust, ProjectScope, trust_subject
from identity.trusts import store
from identity.trusts.redelegation import count_of_first, count_of_next, end_of_next
from identity.trusts.schema import CreateTrust, NewTrust, render
from identity.visibility import reveal
from runtime.database import Connection
from runtime.errors import BadRequest, Forbidden
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, compile_listing, parse_page

COLLECTION = "OS-TRUST/trusts"


async def list_trusts(request: web.Request) -> web.Response:
    """All of them, or those that a user gave or was given."""
    page = parse_page(request.query, store.LISTING)
    _authorize_list(request)
    where = Where()
    where.add(store.STANDING)
    statement, values = compile_listing(store.LISTING, page, where)
    async with request.app[DATABASE].connection() as connection:
        rows = await connection.fetch(statement, *values)
    return reply_list(request, "trusts", linked_all(request, COLLECTION, map(render, rows)), page)


def _authorize_list(request: web.Request) -> None:
    """By the one party that the query names; a filter that names several users is the administrator's."""
    for party in ("trustor", "trustee"):
        named = request.query.getall(f"{party}_user_id", [])
        if len(named) == 1:
            target = {f"{party}_user_id": named[0]}
            return authorize(request, target, rule=f"identity:list_trusts_for_{party}")
    return authorize(request, {})


async def create_trust(request: web.Request) -> web.Response:
    body: CreateTrust = await read_body(request)
    draft = body.trust
    authorize(request, {"trustor_user_id": draft.trustor_user_id})
    if draft.expires_at is not None and draft.expires_at.time <= datetime.now(UTC):
        raise BadRequest("Invalid input for trust.expires_at: it has passed.")
    async with request.app[DATABASE].transaction() as connection:
        await hold_rights(connection)
        source = await _source(request, connection)
        role_ids = await _role_ids(request, connection, draft, source)
        row = await store.insert_trust(connection, _columns(request, draft, source), role_ids)
        creates(row["id"])
        shown = await _whole(request, connection, row)
    return reply({"trust": shown}, 201)


def _columns(request: web.Request, draft: NewTrust, source: store.Row | None) -> dict[str, Any]:
    most = request.app[IDENTITY].settings.max_redelegation_count
    columns = {
        "trustor_user_id": caller_of(request).user_id,
        "trustee_user_id": draft.trustee_user_id,
        "project_id": draft.project_id,
        "impersonation": draft.impersonation,
        "expires_at": draft.expires_at and draft.expires_at.time,
        "remaining_uses": draft.remaining_uses,
    }
    if source is None:
        return columns | {"redelegation_count": count_of_first(draft, most), "redelegated_trust_id": None}
    return columns | {
        "expires_at": end_of_next(draft, source),
        "redelegation_count": count_of_next(draft, source, most),
        "redelegated_trust_id": source["id"],
    }


async def _source(request: web.Request, connection: Connection) -> store.Row | None:
    """The trust by whose token the caller passes on what it gives; None for a caller who gives of their own."""
    match request["claims"].delegation:
        case ByTrust(id=trust_id):
            source = await store.find_trust(connection, trust_id)
            if source is None:
                raise Forbidden("The trust that this one would be made from has ended.")
            return source
    return None


async def _role_ids(
    request: web.Request, connection: Connection, draft: NewTrust, source: store.Row | None
) -> list[str]:
    """The roles named, all of which the trustor has on the project, by whatever is passed on if anything is.

    A project without any role is as good as none.
    """
    if draft.project_id is None:
        return []
    project = await fetch_project(connection, draft.project_id)
    if source is None:
        scope = ProjectScope(project["id"], project["domain_id"])
        held = await select_role_ids(connection, caller_of(request).user_id, scope)
    else:
        held = [role["id"] for role in await store.select_roles(connection, source["id"])]
    return choose_roles(draft.roles, held, await read_graph(connection), "trust")


async def show_trust(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_trust(request, connection)
        shown = await _whole(request, connection, row)
    return reply({"trust": shown})


async def delete_trust(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        row = await _authorized_trust(request, connection)
        await change_rights(connection)
        await store.delete_trust(connection, row["id"])  # and all that were made from it; their tokens name it
        await revoke(connection, [trust_subject(row["id"])])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def list_roles(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_trust(request, connection)
        rows = await store.select_roles(connection, row["id"])
    return reply_list(request, "roles", linked_all(request, "roles", map(roles.render, rows)))


async def show_role(request: web.Request) -> web.Response:
    role_id = request.match_info["role_id"]
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_trust(request, connection)
        rows = await store.select_roles(connection, row["id"])
    for role in rows:
        if role["id"] == role_id:
            return reply({"role": linked(request, "roles", roles.render(role))})
    raise ROLES.missing(role_id)


async def _authorized_trust(request: web.Request, connection: Connection) -> store.Row:
    """The trust of the path. NotFound when the caller is no party to it, Forbidden when only the action is barred."""
    trust_id = request.match_info["trust_id"]
    row = await store.find_trust(connection, trust_id)
    if row is None:
        raise store.TrustNotFound(trust_id)
    target = {"trustor_user_id": row["trustor_user_id"], "trustee_user_id": row["trustee_user_id"]}
    reveal(request, "identity:get_trust", target, store.TrustNotFound(trust_id))
    authorize(request, target)
    return row


async def _whole(request: web.Request, connection: Connection, row: store.Row) -> dict[str, Any]:
    """The trust with its roles."""
    rows = await store.select_roles(connection, row["id"])
    address = f"{api_address(request)}/v3/{COLLECTION}/{row['id']}/roles"
    return linked(request, COLLECTION, render(row)) | {
        "roles": linked_all(request, "roles", map(roles.render, rows)),
        "roles_links": {"self": address, "previous": None, "next": None},
    }
