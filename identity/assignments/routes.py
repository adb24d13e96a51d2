"""Routes of role assignments, and the list of all of them.

`/v3/{projects/P|domains/D|system}/{users/U|groups/G}/roles/R` gives a role on a target;
`/v3/OS-INHERIT/{projects/P|domains/D}/{users/U|groups/G}/roles/R/inherited_to_projects` on every project below it.
"""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.assignments import listing, store
from identity.assignments.endings import subjects_of_place
from identity.directories.copies import find_group_copy, find_user_copy
from identity.domains.store import fetch_domain
from identity.groups.store import fetch_group
from identity.links import api_address, linked_all, reply_list
from identity.policy import authorize
from identity.projects.store import fetch_project
from identity.revocations.store import change_rights, revoke
from identity.roles import schema as roles
from identity.roles.store import fetch_role
from identity.tokens.claims import DomainScope, ProjectScope, Scope, SystemScope
from identity.users.store import fetch_user
from runtime.database import Connection
from runtime.errors import Forbidden
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE

MOST_ASSIGNMENTS = 10_000


async def list_role_assignments(request: web.Request) -> web.Response:
    """At most 10,000 assignments; `truncated` says when there are more."""
    query = listing.parse_query(request.query)
    authorize(request, {"user_id": query.user_id})
    graph = request.app[IDENTITY].feed.roles
    statement, values = listing.compile_query(query, MOST_ASSIGNMENTS + 1)
    async with request.app[DATABASE].connection() as connection:
        rows: list[listing.Row] = await connection.fetch(statement, *values)
    truncated = len(rows) > MOST_ASSIGNMENTS
    rows = rows[:MOST_ASSIGNMENTS]
    if query.effective:
        rows = listing.with_implied(rows, graph, query.role_id)
    address = api_address(request)
    shown = [listing.render(row, names=query.include_names, address=address) for row in rows]
    links = {"self": f"{address}/v3/role_assignments", "previous": None, "next": None}
    return reply({"role_assignments": shown, "links": links} | ({"truncated": True} if truncated else {}))


async def list_grants(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        await _authorize(request, connection)
        rows = await store.select_roles(connection, await _place(request, connection))
    return reply_list(request, "roles", linked_all(request, "roles", map(roles.render, rows)))


async def check_grant(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        await _authorize(request, connection)
        place = await _place(request, connection)
        role = await fetch_role(connection, request.match_info["role_id"])
        if not await store.has_assignment(connection, place, role["id"]):
            raise store.AssignmentNotFound(role["id"])
    return no_content()


async def create_grant(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        await _authorize(request, connection)
    await _refresh_actor(request)
    async with request.app[DATABASE].transaction() as connection:
        await _authorize(request, connection)
        place = await _place(request, connection)
        role = await fetch_role(connection, request.match_info["role_id"])
        _refuse_foreign_role(role, place.scope)
        await store.insert_assignment(connection, place, role["id"])
    return no_content()


async def delete_grant(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        await _authorize(request, connection)
        await change_rights(connection)
        place = await _place(request, connection, gone=True)
        role = await fetch_role(connection, request.match_info["role_id"])
        await store.delete_assignment(connection, place, role["id"])
        await revoke(connection, await subjects_of_place(connection, place))
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def _authorize(request: web.Request, connection: Connection) -> None:
    """Before anything of the path is said to exist or not: whoever may not is told just that."""
    authorize(request, await store.find_grant_target(connection, request.match_info))


def _refuse_foreign_role(role: store.Row, scope: Scope) -> None:
    """A role of one domain is given on that domain and its projects alone."""
    match scope:
        case ProjectScope(domain_id=domain_id) | DomainScope(id=domain_id):
            pass
        case _:
            domain_id = None
    if role["domain_id"] not in (None, domain_id):
        raise Forbidden(f"The target must be in the same domain as the role {role['id']} being assigned.")


async def _refresh_actor(request: web.Request) -> None:
    """Whoever is given a role is looked up where they are kept."""
    identity, match = request.app[IDENTITY], request.match_info
    if "group_id" in match:
        await identity.directories.refresh_group(match["group_id"])
    else:
        await identity.accounts.refresh(match["user_id"])


async def _place(request: web.Request, connection: Connection, *, gone: bool = False) -> store.Place:
    """Actor and target of the path, both proved to exist; with `gone`, an actor too whom a directory had."""
    match = request.match_info
    inherited = "/OS-INHERIT/" in request.path
    scope = await _scope(request, connection)
    if "group_id" in match:
        group = await find_group_copy(connection, match["group_id"]) if gone else None
        group = group or await fetch_group(connection, match["group_id"])
        return store.Place(scope=scope, group_id=group["id"], inherited=inherited)
    user = await find_user_copy(connection, match["user_id"]) if gone else None
    user = user or await fetch_user(connection, match["user_id"])
    return store.Place(scope=scope, user_id=user["id"], inherited=inherited)


async def _scope(request: web.Request, connection: Connection) -> Scope:
    match = request.match_info
    if "project_id" in match:
        project = await fetch_project(connection, match["project_id"])
        return ProjectScope(project["id"], project["domain_id"])
    if "domain_id" in match:
        return DomainScope((await fetch_domain(connection, match["domain_id"]))["id"])
    return SystemScope()
