"""Handlers of the Image API v2. Transactions end before bytes move: an upload holds no connection."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import asyncpg
import structlog
from aiohttp import web

from compute.images import store
from compute.images.content import ContentStore, Received
from compute.images.formats import inspect
from compute.images.quota import IMAGE_QUOTA
from compute.images.schema import (
    Change,
    apply_changes,
    parse_image,
    patch_document,
    render,
)
from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import allowed, authorize
from runtime.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    UnsupportedMediaType,
)
from runtime.web.bodies import decode, no_content, read_raw, reply
from runtime.web.keys import DATABASE
from runtime.web.routes import path_uuid

log = structlog.get_logger()
CONTENT = web.AppKey("image_content", ContentStore)
PATCH_TYPES = ("application/openstack-images-v2.1-json-patch", "application/openstack-images-v2.0-json-patch")


async def list_images(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {})
    page, more = store.parse_query(request.query)
    async with request.app[DATABASE].connection() as conn:
        images = await store.select_images(conn, caller.reach, caller.project_id, page, more)
    answer: dict[str, Any] = {
        "images": [render(image) for image in images],
        "first": "/v2/images",
        "schema": "/v2/schemas/images",
    }
    if len(images) == page.limit:
        rest = [(key, value) for key, value in request.query.items() if key != "marker"]
        answer["next"] = "/v2/images?" + urlencode([*rest, ("marker", images[-1]["id"])])
    return reply(answer)


async def create_image(request: web.Request) -> web.Response:
    caller = caller_of(request)
    base, properties = parse_image(decode(await read_raw(request), dict[str, Any]))
    owner = base.owner or caller.project_id
    if owner is None:
        raise BadRequest("An image belongs to a project: use a token of a project.")
    authorize(request, {"project_id": caller.project_id})
    _authorize_reach(request, base.visibility, owner, caller.project_id)
    async with request.app[DATABASE].transaction() as conn:
        await request.app[IMAGE_QUOTA].admit_image(conn, owner)
        image = await store.insert_image(conn, owner, base, properties)
        creates(image["id"])
    response = reply(render(image), status=201)
    response.headers["Location"] = f"/image/v2/images/{image['id']}"
    return response


async def show_image(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        image = await _fetch(request, conn)
    authorize(request, _target(image))
    return reply(render(image))


async def update_image(request: web.Request) -> web.Response:
    if request.content_type not in PATCH_TYPES:
        raise UnsupportedMediaType(f"Send a JSON patch as {PATCH_TYPES[0]}.")
    changes = decode(await read_raw(request), list[Change])
    async with request.app[DATABASE].transaction() as conn:
        image = await _lock(request, conn)
        authorize(request, _target(image))
        base, properties = parse_image(apply_changes(patch_document(image), changes))
        if base.visibility != image["visibility"] or base.owner != image["project_id"]:
            _authorize_reach(request, base.visibility, base.owner or "", image["project_id"])
        if image["status"] != "queued" and (base.disk_format, base.container_format) != (
            image["disk_format"],
            image["container_format"],
        ):
            raise Forbidden("disk_format and container_format cannot change once an image has data.")
        image = await store.update_image(conn, image["id"], base, properties)
    return reply(render(image))


async def delete_image(request: web.Request) -> web.Response:
    content = request.app[CONTENT]
    async with request.app[DATABASE].transaction() as conn:
        image = await _lock(request, conn)
        authorize(request, _target(image))
        if image["protected"]:
            raise Forbidden(f"Image {image['id']} is protected and cannot be deleted; unset 'protected' first.")
        await store.SQL.delete_image(conn, id=image["id"])
    await _release_content(request, content, image["sha512"])
    return no_content()


async def _release_content(request: web.Request, content: ContentStore, sha512: str | None) -> None:
    """Removes the file when no image names it. A crash before this leaves a file for `sweeping`."""
    if sha512 is None:
        return
    async with request.app[DATABASE].transaction() as conn:
        await store.SQL.lock_content(conn, sha512=sha512)
        if not await store.SQL.content_in_use(conn, sha512=sha512):
            content.remove(sha512)


async def upload_image(request: web.Request) -> web.Response:
    """Takes the bytes of a queued image. Nothing is recorded until they are complete and safe, so that a client or
    a process that dies in the middle leaves the image queued, to be uploaded again."""
    if request.content_type != "application/octet-stream":
        raise UnsupportedMediaType("Send the image data as application/octet-stream.")
    content = request.app[CONTENT]
    async with request.app[DATABASE].connection() as conn:
        image = await _fetch(request, conn)
    authorize(request, _target(image))
    if not image["disk_format"] or not image["container_format"]:
        raise BadRequest("Set disk_format and container_format before uploading data.")
    if image["status"] != "queued":
        raise _has_data(image["id"])
    with request.app[IMAGE_QUOTA].uploading(image["project_id"]):
        received = await content.receive(request.content.iter_chunked(1024 * 1024))
        try:
            virtual_size = await inspect(received.path, image["disk_format"])
            await _activate(request, content, image, received, virtual_size)
        finally:
            content.discard(received)
    return no_content()


def _has_data(image_id: str) -> Conflict:
    return Conflict(f"Image {image_id} has data already; data never changes once it is there.")


async def _activate(
    request: web.Request, content: ContentStore, image: asyncpg.Record, received: Received, virtual_size: int
) -> None:
    """File first, row second, both under the content's lock: an active image always has its bytes."""
    async with request.app[DATABASE].transaction() as conn:
        await request.app[IMAGE_QUOTA].admit_bytes(conn, image["project_id"], received.size_bytes)
        await store.SQL.lock_content(conn, sha512=received.sha512)
        await content.keep(received)
        active = await store.SQL.activate(
            conn,
            id=image["id"],
            disk_format=image["disk_format"],
            size_bytes=received.size_bytes,
            virtual_size_bytes=virtual_size,
            md5=received.md5,
            sha512=received.sha512,
        )
        if active is None:
            if not await store.SQL.content_in_use(conn, sha512=received.sha512):
                content.remove(received.sha512)
            raise _has_data(image["id"])


async def download_image(request: web.Request) -> web.StreamResponse:
    async with request.app[DATABASE].connection() as conn:
        image = await _fetch(request, conn)
    authorize(request, _target(image))
    if image["status"] == "deactivated" and not allowed(request, "image:deactivate", _target(image)):
        raise Forbidden("The image has been deactivated.")
    if image["status"] not in ("active", "deactivated"):
        return no_content()
    path = request.app[CONTENT].path(image["sha512"])
    if not await asyncio.to_thread(path.is_file):
        log.error("the content of an image is missing", image=str(image["id"]), path=str(path))
        raise NotFound(f"The data of image {image['id']} is missing from the store.")
    headers = {"Content-Type": "application/octet-stream", "Content-MD5": image["md5"]}
    return web.FileResponse(path, headers=headers)


async def add_tag(request: web.Request) -> web.Response:
    return await _change_tags(request, lambda tags, tag: sorted({*tags, tag}))


async def delete_tag(request: web.Request) -> web.Response:
    def without(tags: list[str], tag: str) -> list[str]:
        if tag not in tags:
            raise store.ImageNotFound(request.match_info["image_id"])
        return [one for one in tags if one != tag]

    return await _change_tags(request, without)


async def _change_tags(request: web.Request, change: Any) -> web.Response:
    async with request.app[DATABASE].transaction() as conn:
        image = await _lock(request, conn)
        authorize(request, _target(image))
        document = patch_document(image)
        document["tags"] = change(image["tags"], request.match_info["tag"])
        base, properties = parse_image(document)
        await store.update_image(conn, image["id"], base, properties)
    return no_content()


async def deactivate_image(request: web.Request) -> web.Response:
    return await _set_status(request, "active", "deactivated")


async def reactivate_image(request: web.Request) -> web.Response:
    return await _set_status(request, "deactivated", "active")


async def _set_status(request: web.Request, before: str, after: str) -> web.Response:
    async with request.app[DATABASE].transaction() as conn:
        image = await _lock(request, conn)
        authorize(request, _target(image))
        if image["status"] not in (before, after):
            raise Forbidden(f"An image that is {image['status']} cannot become {after}.")
        await store.SQL.set_status(conn, id=image["id"], status=after)
    return no_content()


async def _fetch(request: web.Request, conn: asyncpg.Connection) -> asyncpg.Record:
    image_id = path_uuid(request, "image_id", store.ImageNotFound)
    return await store.fetch_visible(conn, image_id, caller_of(request).reach)


async def _lock(request: web.Request, conn: asyncpg.Connection) -> asyncpg.Record:
    image_id = path_uuid(request, "image_id", store.ImageNotFound)
    return await store.lock_visible(conn, image_id, caller_of(request).reach)


def _target(image: asyncpg.Record) -> dict[str, Any]:
    return {"project_id": image["project_id"]}


def _authorize_reach(request: web.Request, visibility: str, owner: str, current_owner: str | None) -> None:
    """Publishing and giving away are rights of their own."""
    if visibility == "public":
        authorize(request, {}, rule="image:publicize_image")
    if owner != current_owner:
        authorize(request, {}, rule="image:set_owner")
