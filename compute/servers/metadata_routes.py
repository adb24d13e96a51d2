"""/servers/{id}/metadata and /servers/{id}/tags: small things that tenants write on their servers."""

from collections.abc import Callable

from aiohttp import web
from msgspec import structs

from compute.servers import store
from compute.servers.access import fetch_server, lock_server
from compute.servers.schema import MOST_TAGS, check_metadata, check_tag
from compute.servers.server import Server
from compute.servers.writes import changing
from compute.versions.microversions import require
from runtime.errors import BadRequest, NotFound
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE

TAGS_SINCE = 26


async def list_metadata(request: web.Request) -> web.Response:
    return reply({"metadata": (await _show(request)).metadata})


async def show_item(request: web.Request) -> web.Response:
    metadata, key = (await _show(request)).metadata, request.match_info["key"]
    if key not in metadata:
        raise NotFound("Metadata item was not found")
    return reply({"meta": {key: metadata[key]}})


async def replace_metadata(request: web.Request) -> web.Response:
    body = await read_body(request)
    server = await _change(request, lambda server: structs.replace(server, metadata=check_metadata(body.metadata)))
    return reply({"metadata": server.metadata})


async def merge_metadata(request: web.Request) -> web.Response:
    body = await read_body(request)
    server = await _change(
        request, lambda server: structs.replace(server, metadata=check_metadata(server.metadata | body.metadata))
    )
    return reply({"metadata": server.metadata})


async def replace_item(request: web.Request) -> web.Response:
    body, key = await read_body(request), request.match_info["key"]
    if list(body.meta) != [key]:
        raise BadRequest("Invalid input for meta: expected exactly the key that the path names.")
    await _change(request, lambda server: structs.replace(server, metadata=check_metadata(server.metadata | body.meta)))
    return reply({"meta": body.meta})


async def delete_item(request: web.Request) -> web.Response:
    key = request.match_info["key"]

    def without(server: Server) -> Server:
        if key not in server.metadata:
            raise NotFound("Metadata item was not found")
        return structs.replace(
            server, metadata={name: server.metadata[name] for name in server.metadata if name != key}
        )

    await _change(request, without)
    return no_content()


async def list_tags(request: web.Request) -> web.Response:
    require(request, TAGS_SINCE)
    return reply({"tags": (await _show(request)).tags})


async def replace_tags(request: web.Request) -> web.Response:
    require(request, TAGS_SINCE)
    body = await read_body(request)
    tags = list(dict.fromkeys(body.tags))
    server = await _change(request, lambda server: structs.replace(server, tags=tags))
    return reply({"tags": server.tags})


async def delete_tags(request: web.Request) -> web.Response:
    require(request, TAGS_SINCE)
    await _change(request, lambda server: structs.replace(server, tags=[]))
    return no_content()


async def add_tag(request: web.Request) -> web.Response:
    require(request, TAGS_SINCE)
    tag = check_tag(request.match_info["tag"])

    def tagged(server: Server) -> Server:
        tags = list(dict.fromkeys([*server.tags, tag]))
        if len(tags) > MOST_TAGS:
            raise BadRequest(f"The number of tags exceeded the per-server limit {MOST_TAGS}")
        return structs.replace(server, tags=tags)

    await _change(request, tagged)
    return no_content()


async def delete_tag(request: web.Request) -> web.Response:
    require(request, TAGS_SINCE)
    tag = request.match_info["tag"]

    def untagged(server: Server) -> Server:
        if tag not in server.tags:
            raise NotFound(f"Server {server.id} has no tag '{tag[:60]}'")
        return structs.replace(server, tags=[name for name in server.tags if name != tag])

    await _change(request, untagged)
    return no_content()


async def _show(request: web.Request) -> Server:
    async with request.app[DATABASE].connection() as conn:
        return await fetch_server(request, conn)


async def _change(request: web.Request, change: Callable[[Server], Server]) -> Server:
    """The server after `change` was applied to it under its lock."""
    async with changing(request) as conn:
        return await store.describe(conn, change(await lock_server(request, conn)))
