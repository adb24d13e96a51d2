"""Routes of role assignments: `/v3/{projects/P|domains/D|system}/users/U/roles/R`, and the list of all of them."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.assignments import listing, store
from identity.domains.store import fetch_domain
from identity.links import api_address, linked_all, reply_list
from identity.policy import authorize
from identity.projects.store import fetch_project
from identity.revocations.store import change_rights, revoke
from identity.roles import schema as roles
from identity.roles.store import fetch_role
from identity.tokens.claims import (
    DomainScope,
    ProjectScope,
    Scope,
    SystemScope,
    grant_subject,
)
from identity.users.store import fetch_user
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE

MOST_ASSIGNMENTS = 10_000


async def list_role_assignments(request: web.Request) -> web.Response:
    """At most 10,000 assignments; `truncated` says when there are more."""
    query = listing.parse_query(request.query)
    authorize(request, {"user_id": query.user_id})
    graph = request.app[IDENTITY].feed.roles
    rows: list[listing.Row] = []
    if not query.nothing:
        async with request.app[DATABASE].connection() as connection:
            rows = await store.select_assignments(
                connection,
                most=MOST_ASSIGNMENTS + 1,
                user_id=query.user_id,
                role_ids=[query.role_id] if query.role_id and not query.effective else None,
                project_id=query.project_id,
                domain_id=query.domain_id,
                on_system=query.on_system,
            )
    truncated = len(rows) > MOST_ASSIGNMENTS
    rows = rows[:MOST_ASSIGNMENTS]
    if query.effective:
        rows = listing.with_implied(rows, graph, query.role_id)
    address = api_address(request)
    shown = [listing.render(row, names=query.include_names, address=address) for row in rows]
    links = {"self": f"{address}/v3/role_assignments", "previous": None, "next": None}
    return reply({"role_assignments": shown, "links": links} | ({"truncated": True} if truncated else {}))


async def list_grants(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        user_id, scope = await _place(request, connection)
        rows = await store.select_roles(connection, user_id, scope)
    return reply_list(request, "roles", linked_all(request, "roles", map(roles.render, rows)))


async def check_grant(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        user_id, scope = await _place(request, connection)
        role = await fetch_role(connection, request.match_info["role_id"])
        if role["id"] not in await store.select_role_ids(connection, user_id, scope):
            raise store.AssignmentNotFound(role["id"])
    return no_content()


async def create_grant(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        user_id, scope = await _place(request, connection)
        role = await fetch_role(connection, request.match_info["role_id"])
        await store.insert_assignment(connection, user_id, role["id"], scope)
    return no_content()


async def delete_grant(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        user_id, scope = await _place(request, connection)
        role = await fetch_role(connection, request.match_info["role_id"])
        await store.delete_assignment(connection, user_id, role["id"], scope)
        await revoke(connection, [grant_subject(user_id, scope)])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def _place(request: web.Request, connection: Connection) -> tuple[str, Scope]:
    """(user, target) of the path, both proved to exist."""
    match = request.match_info
    user = await fetch_user(connection, match["user_id"])
    if "project_id" in match:
        project = await fetch_project(connection, match["project_id"])
        return user["id"], ProjectScope(project["id"], project["domain_id"])
    if "domain_id" in match:
        domain = await fetch_domain(connection, match["domain_id"])
        return user["id"], DomainScope(domain["id"])
    return user["id"], SystemScope()
