"""Routes of projects."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.bodies import read_noun
from identity.callers import caller_of
from identity.domains.store import find_domain
from identity.links import linked, linked_all, reply_list
from identity.lists import reply_listing
from identity.policy import authorize
from identity.projects import store
from identity.projects.schema import render
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import project_subject
from identity.users.store import UserNotFound, fetch_user
from identity.visibility import reveal
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE


async def list_projects(request: web.Request) -> web.Response:
    authorize(request, {})
    return await reply_listing(request, "projects", store.LISTING, render)


async def list_user_projects(request: web.Request) -> web.Response:
    user_id = request.match_info["user_id"]
    async with request.app[DATABASE].connection() as connection:
        user = await fetch_user(connection, user_id)
        reveal(request, "identity:get_user", {"user_id": user["id"]}, UserNotFound(user_id))
        authorize(request, {"user_id": user["id"]})
        rows = await store.select_projects_of_user(connection, user["id"])
    return reply_list(request, "projects", linked_all(request, "projects", map(render, rows)))


async def create_project(request: web.Request) -> web.Response:
    """A project in the domain that the body names, else in the caller's own."""
    caller = caller_of(request)
    draft, extra = await read_noun(request)
    if draft["domain_id"] is None:
        draft["domain_id"] = caller.domain_id or caller.project_domain_id or caller.user_domain_id
    async with request.app[DATABASE].transaction() as connection:
        domain = await find_domain(connection, draft["domain_id"])
        authorize(request, {"domain_id": domain and domain["id"]})
        row = await store.insert_project(connection, draft, extra)
    return reply({"project": linked(request, "projects", render(row))}, 201)


async def show_project(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_project(request, connection)
    return reply({"project": linked(request, "projects", render(row))})


async def update_project(request: web.Request) -> web.Response:
    changes, extra = await read_noun(request)
    ends_rights = changes.get("enabled") is False
    async with request.app[DATABASE].transaction() as connection:
        project = await _authorized_project(request, connection)
        if ends_rights:
            await change_rights(connection)
        row = await store.update_project(connection, project["id"], changes, extra)
        if ends_rights:
            await revoke(connection, [project_subject(project["id"])])
    if ends_rights:
        await request.app[IDENTITY].feed.publish()
    return reply({"project": linked(request, "projects", render(row))})


async def delete_project(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        project = await _authorized_project(request, connection)
        await change_rights(connection)
        await store.delete_project(connection, project["id"])
        await revoke(connection, [project_subject(project["id"])])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def _authorized_project(request: web.Request, connection: Connection) -> store.Row:
    """The project of the path. NotFound when the caller may not see it, Forbidden when only the action is barred."""
    project_id = request.match_info["project_id"]
    row = await store.fetch_project(connection, project_id)
    target = {"project_id": row["id"], "domain_id": row["domain_id"]}
    reveal(request, "identity:get_project", target, store.ProjectNotFound(project_id))
    authorize(request, target)
    return row
