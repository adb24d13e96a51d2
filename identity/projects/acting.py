"""Domains in the shape of projects: Keystone keeps both in one table, and its API lets either stand for the other."""

from aiohttp import web

from identity.domains.routes import authorized_domain, change_domain, remove_domain
from identity.domains.store import DOMAINS, find_domain
from identity.links import linked
from identity.nouns.table import Row
from identity.policy import authorize
from identity.projects.schema import render_domain
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE

KEPT = frozenset({"name", "description", "enabled", "options"})


async def is_domain(request: web.Request) -> bool:
    """Whether the path names a domain where a project is meant."""
    async with request.app[DATABASE].connection() as connection:
        return await find_domain(connection, request.match_info["project_id"]) is not None


async def create(request: web.Request, draft: Row, extra: Row) -> web.Response:
    authorize(request, {}, rule="identity:create_domain")
    kept = {name: draft[name] for name in KEPT if name in draft}
    async with request.app[DATABASE].transaction() as connection:
        row = await DOMAINS.insert(connection, kept, extra)
    return _reply(request, row, 201)


async def show(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        row = await authorized_domain(request, connection, request.match_info["project_id"], "identity:get_domain")
    return _reply(request, row)


async def update(request: web.Request, changes: Row, extra: Row) -> web.Response:
    """Raises BadRequest for what a domain does not have."""
    if refused := {name for name, value in changes.items() if name not in KEPT and value}:
        raise BadRequest(f"Invalid input for project.{min(refused)}: the project is a domain and has none.")
    kept = {name: value for name, value in changes.items() if name in KEPT}
    return _reply(request, await change_domain(request, request.match_info["project_id"], kept, extra))


async def delete(request: web.Request) -> web.Response:
    await remove_domain(request, request.match_info["project_id"])
    return no_content()


def _reply(request: web.Request, row: Row, status: int = 200) -> web.Response:
    return reply({"project": linked(request, "projects", render_domain(row))}, status)
