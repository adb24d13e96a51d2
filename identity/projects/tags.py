"""Routes of the tags of projects."""

from aiohttp import web

from identity.links import api_address
from identity.nouns.table import Row
from identity.projects import store
from identity.projects.routes import authorized_project
from identity.projects.schema import MOST_TAGS, SetTags, is_tag
from runtime.errors import BadRequest, NotFound
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE


class TagNotFound(NotFound):
    def __init__(self, tag: str) -> None:
        super().__init__(f"Could not find project tag: {tag[:64]}.")


async def list_tags(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        project = await authorized_project(request, connection)
    return _reply(request, project)


async def set_tags(request: web.Request) -> web.Response:
    body: SetTags = await read_body(request)
    return _reply(request, await _change(request, lambda _present: body.tags))


async def delete_tags(request: web.Request) -> web.Response:
    await _change(request, lambda _present: [])
    return no_content()


async def check_tag(request: web.Request) -> web.Response:
    tag = request.match_info["tag"]
    async with request.app[DATABASE].connection() as connection:
        project = await authorized_project(request, connection)
    if tag not in project["tags"]:
        raise TagNotFound(tag)
    return no_content()


async def add_tag(request: web.Request) -> web.Response:
    """Idempotent."""
    tag = request.match_info["tag"]
    if not is_tag(tag):
        raise BadRequest("Invalid input for tag: expected 1 to 255 characters, none of them a comma or a slash.")

    def added(present: list[str]) -> list[str]:
        if len(present) >= MOST_TAGS and tag not in present:
            raise BadRequest(f"Invalid input for tag: a project has at most {MOST_TAGS} of them.")
        return present if tag in present else [*present, tag]

    await _change(request, added)
    return web.Response(status=201)


async def delete_tag(request: web.Request) -> web.Response:
    tag = request.match_info["tag"]

    def removed(present: list[str]) -> list[str]:
        if tag not in present:
            raise TagNotFound(tag)
        return [other for other in present if other != tag]

    await _change(request, removed)
    return no_content()


async def _change(request: web.Request, wanted: store.ChangeOfTags) -> Row:
    """The project of the path with the tags that `wanted` makes of the present ones."""
    async with request.app[DATABASE].transaction() as connection:
        project = await authorized_project(request, connection)
        return await store.change_tags(connection, project["id"], wanted)


def _reply(request: web.Request, project: Row) -> web.Response:
    address = f"{api_address(request)}/v3/projects/{project['id']}/tags"
    return reply({"tags": project["tags"], "links": {"self": address, "previous": None, "next": None}})
