"""Tags of any taggable resource: `/v2.0/<collection>/<id>/tags` and one tag below it."""

from collections.abc import Callable

from aiohttp import web

from identity.callers import caller_of
from identity.policy import authorize
from northbound.tags import store
from northbound.tags.resources import TAGGABLE, Taggable
from northbound.tags.schema import MOST_TAGS, Tags
from northbound.writes import writing
from runtime.errors import BadRequest, NotFound
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.routes import Route, path_uuid


class TagResourceNotFound(NotFound):
    def __init__(self, resource_id: str) -> None:
        super().__init__(f"Resource {resource_id} could not be found.")


class TagNotFound(NotFound):
    def __init__(self, tag: str) -> None:
        super().__init__(f"Tag {tag[:64]} could not be found.")


def routes_of(collection: str) -> dict[str, dict[str, Route]]:
    """The lines of ROUTES for one collection."""
    path = f"/v2.0/{collection}/{{resource_id}}/tags"
    return {
        path: {
            "GET": Route(list_tags, "network:get_tags"),
            "PUT": Route(replace_tags, "network:update_tags", Tags),
            "POST": Route(add_tags, "network:update_tags", Tags),
            "DELETE": Route(clear_tags, "network:update_tags"),
        },
        f"{path}/{{tag}}": {
            "GET": Route(show_tag, "network:get_tags"),
            "PUT": Route(add_tag, "network:update_tags"),
            "DELETE": Route(remove_tag, "network:update_tags"),
        },
    }


def _resource(request: web.Request) -> tuple[Taggable, str]:
    collection = request.match_info.route.resource.canonical.split("/{resource_id}")[0].rpartition("/")[2]
    return TAGGABLE[collection], path_uuid(request, "resource_id", TagResourceNotFound)


async def _read(request: web.Request) -> list[str]:
    resource, resource_id = _resource(request)
    async with request.app[DATABASE].connection() as conn:
        found = await resource.fetch(conn, resource_id, caller_of(request).reach)
    authorize(request, {"project_id": found.project_id})
    return found.tags


async def _change(request: web.Request, changed: Callable[[list[str]], list[str]]) -> list[str]:
    resource, resource_id = _resource(request)
    async with writing(request) as conn:
        found = await store.fetch_locked(conn, resource, resource_id, caller_of(request).reach)
        authorize(request, {"project_id": found.project_id})
        tags = sorted(set(changed(found.tags)))
        if len(tags) > MOST_TAGS:
            raise BadRequest(f"Invalid input for tags: a resource has at most {MOST_TAGS}.")
        if tags != found.tags:
            await store.set_tags(conn, resource, resource_id, tags)
    return tags


async def list_tags(request: web.Request) -> web.Response:
    return reply({"tags": await _read(request)})


async def replace_tags(request: web.Request) -> web.Response:
    wanted = (await read_body(request)).tags
    return reply({"tags": await _change(request, lambda _tags: list(wanted))})


async def add_tags(request: web.Request) -> web.Response:
    more = (await read_body(request)).tags
    return reply({"tags": await _change(request, lambda tags: [*tags, *more])}, status=201)


async def clear_tags(request: web.Request) -> web.Response:
    await _change(request, lambda _tags: [])
    return no_content()


async def show_tag(request: web.Request) -> web.Response:
    if _tag(request) not in await _read(request):
        raise TagNotFound(_tag(request))
    return no_content()


async def add_tag(request: web.Request) -> web.Response:
    tag = _tag(request)
    if not 1 <= len(tag) <= 60 or "," in tag or "/" in tag or "\x00" in tag:
        raise BadRequest("Invalid input for tag: expected 1 to 60 characters without comma, slash and NUL.")
    await _change(request, lambda tags: [*tags, tag])
    return web.Response(status=201)


async def remove_tag(request: web.Request) -> web.Response:
    tag = _tag(request)

    def without(tags: list[str]) -> list[str]:
        if tag not in tags:
            raise TagNotFound(tag)
        return [other for other in tags if other != tag]

    await _change(request, without)
    return no_content()


def _tag(request: web.Request) -> str:
    return request.match_info["tag"]
