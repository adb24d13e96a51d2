"""Routes of projects."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from identity.bodies import read_noun
from identity.callers import caller_of
from identity.domains.store import find_domain
from identity.links import linked, linked_all, reply_list
from identity.lists import reply_listing
from identity.nouns.table import Row
from identity.policy import authorize
from identity.projects import acting, store
from identity.projects.hierarchy import Relatives, chain_of, parse_relatives, tree_of
from identity.projects.schema import render
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import project_subject
from identity.users.store import UserNotFound, fetch_user
from identity.visibility import authorize_list, reveal
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where


async def list_projects(request: web.Request) -> web.Response:
    """Projects; with `is_domain=true`, the domains in the shape of projects."""
    where = Where()
    authorize_list(request, where)
    if "is_domain" not in request.query:
        where.add("NOT is_domain")
    store.filter_tags(request.query, where)
    return await reply_listing(
        request, "projects", store.PROJECTS.listing, render, where, ignore=frozenset(store.TAG_FILTERS)
    )


async def list_user_projects(request: web.Request) -> web.Response:
    user_id = request.match_info["user_id"]
    async with request.app[DATABASE].connection() as connection:
        user = await fetch_user(connection, user_id)
        target = {"user_id": user["id"], "domain_id": user["domain_id"]}
        reveal(request, "identity:get_user", target, UserNotFound(user_id))
        authorize(request, target)
        caller = caller_of(request)
        group_ids = caller.group_ids if caller.user_id == user["id"] else ()
        rows = await store.select_projects_of_user(connection, user["id"], group_ids)
    return reply_list(request, "projects", linked_all(request, "projects", map(render, rows)))


async def create_project(request: web.Request) -> web.Response:
    """A project in the domain that the body names, else in the caller's own."""
    caller = caller_of(request)
    draft, extra = await read_noun(request)
    if draft["is_domain"]:
        return await acting.create(request, draft, extra)
    if draft["domain_id"] is None:
        draft["domain_id"] = caller.domain_id or caller.project_domain_id or caller.user_domain_id
    async with request.app[DATABASE].transaction() as connection:
        domain = await find_domain(connection, draft["domain_id"])
        authorize(request, {"domain_id": domain and domain["id"]})
        flat = request.app[IDENTITY].settings.limit_model == "flat"
        row = await store.insert_project(connection, draft, extra, deepest=store.DEEPEST if flat else 1)
    return reply({"project": linked(request, "projects", render(row))}, 201)


async def show_project(request: web.Request) -> web.Response:
    asked = parse_relatives(request.query)
    if await acting.is_domain(request):
        return await acting.show(request)
    async with request.app[DATABASE].connection() as connection:
        row = await authorized_project(request, connection)
        shown = linked(request, "projects", render(row)) | await _relatives(request, connection, row, asked)
    return reply({"project": shown})


async def _relatives(request: web.Request, connection: Connection, project: Row, asked: Relatives) -> Row:
    """`parents` and `subtree` as asked for. Of other projects a caller sees those with a role on them."""
    shown: dict[str, Any] = {}
    above = await store.select_ancestors(connection, project["id"]) if asked.parents else []
    below = await store.select_descendants(connection, project["id"]) if asked.subtree else []
    caller = caller_of(request)
    if not caller.is_admin and (asked.parents or asked.subtree):
        own = {row["id"] for row in await store.select_projects_of_user(connection, caller.user_id, caller.group_ids)}
        below = [row for row in below if row["id"] in own]
    else:
        own = {row["id"] for row in above}
    if asked.parents == "ids":
        shown["parents"] = chain_of(project, above)
    elif asked.parents == "list":
        shown["parents"] = _wrapped(request, [row for row in above if row["id"] in own])
    if asked.subtree == "ids":
        shown["subtree"] = tree_of(project["id"], below)
    elif asked.subtree == "list":
        shown["subtree"] = _wrapped(request, below)
    return shown


def _wrapped(request: web.Request, rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [{"project": linked(request, "projects", render(row))} for row in rows]


async def update_project(request: web.Request) -> web.Response:
    """A project that is disabled ends the tokens of all projects below it too."""
    changes, extra = await read_noun(request)
    if await acting.is_domain(request):
        return await acting.update(request, changes, extra)
    ends_rights = changes.get("enabled") is False
    async with request.app[DATABASE].transaction() as connection:
        project = await authorized_project(request, connection)
        if ends_rights:
            await change_rights(connection)
        row = await store.update_project(connection, project["id"], changes, extra)
        if ends_rights:
            tree = [row, *await store.select_descendants(connection, row["id"])]
            await revoke(connection, [project_subject(each["id"]) for each in tree])
    if ends_rights:
        await request.app[IDENTITY].feed.publish()
    return reply({"project": linked(request, "projects", render(row))})


async def delete_project(request: web.Request) -> web.Response:
    if await acting.is_domain(request):
        return await acting.delete(request)
    async with request.app[DATABASE].transaction() as connection:
        project = await authorized_project(request, connection)
        await change_rights(connection)
        await store.delete_project(connection, project["id"])
        await revoke(connection, [project_subject(project["id"])])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def authorized_project(request: web.Request, connection: Connection) -> Row:
    """The project of the path. NotFound when the caller may not see it, Forbidden when only the action is barred."""
    project_id = request.match_info["project_id"]
    row = await store.fetch_project(connection, project_id)
    target = {"project_id": row["id"], "domain_id": row["domain_id"]}
    reveal(request, "identity:get_project", target, store.PROJECTS.missing(project_id))
    authorize(request, target)
    return row
