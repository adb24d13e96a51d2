"""The Image API v2 on one page."""

from typing import Any

from aiohttp import web

from compute.images import routes
from compute.images.schema import CONTAINER_FORMATS, DISK_FORMATS
from identity.policy import authorize
from runtime.web.bodies import reply
from runtime.web.faults import plain_envelope
from runtime.web.routes import PUBLIC, Api, Route

VERSIONS = ("v2.0", "v2.1", "v2.2", "v2.3", "v2.5")


async def list_versions(request: web.Request) -> web.Response:
    """300 with every version, newest first, as Glance's discovery answers."""
    base = f"{request.scheme}://{request.host}/image/v2/"
    versions = [
        {
            "id": name,
            "status": "CURRENT" if name == VERSIONS[-1] else "SUPPORTED",
            "links": [{"rel": "self", "href": base}],
        }
        for name in reversed(VERSIONS)
    ]
    return reply({"versions": versions}, status=300)


async def show_schema(request: web.Request) -> web.Response:
    """The JSON schema that image clients ask for before they create."""
    authorize(request, {})
    return reply(IMAGE_SCHEMA)


async def list_schema(request: web.Request) -> web.Response:
    authorize(request, {})
    return reply(
        {
            "name": "images",
            "properties": {
                "images": {"type": "array", "items": IMAGE_SCHEMA},
                "first": {"type": "string"},
                "next": {"type": "string"},
                "schema": {"type": "string"},
            },
        }
    )


def _image_schema() -> dict[str, Any]:
    text = {"type": ["null", "string"]}
    number = {"type": ["null", "integer"], "readOnly": True}
    fixed = {"type": ["null", "string"], "readOnly": True}
    return {
        "name": "image",
        "properties": {
            "id": {"type": "string"},
            "name": {**text, "maxLength": 255},
            "status": {**fixed, "enum": ["queued", "active", "deactivated"]},
            "visibility": {"type": "string", "enum": ["public", "private", "shared", "community"]},
            "protected": {"type": "boolean"},
            "os_hidden": {"type": "boolean"},
            "owner": text,
            "disk_format": {**text, "enum": [None, *DISK_FORMATS]},
            "container_format": {**text, "enum": [None, *CONTAINER_FORMATS]},
            "min_disk": {"type": "integer"},
            "min_ram": {"type": "integer"},
            "size": number,
            "virtual_size": number,
            "checksum": fixed,
            "os_hash_algo": fixed,
            "os_hash_value": fixed,
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 60}},
            **dict.fromkeys(("created_at", "updated_at", "self", "file", "schema"), fixed),
        },
        "additionalProperties": {"type": "string"},
    }


IMAGE_SCHEMA = _image_schema()
ROUTES = {
    "": {"GET": Route(list_versions, PUBLIC)},
    "/": {"GET": Route(list_versions, PUBLIC)},
    "/versions": {"GET": Route(list_versions, PUBLIC)},
    "/v2/schemas/image": {"GET": Route(show_schema, "image:get_image")},
    "/v2/schemas/images": {"GET": Route(list_schema, "image:get_image")},
    "/v2/images": {
        "GET": Route(routes.list_images, "image:get_image"),
        "POST": Route(routes.create_image, "image:add_image"),
    },
    "/v2/images/{image_id}": {
        "GET": Route(routes.show_image, "image:get_image"),
        "PATCH": Route(routes.update_image, "image:modify_image"),
        "DELETE": Route(routes.delete_image, "image:delete_image"),
    },
    "/v2/images/{image_id}/file": {
        "GET": Route(routes.download_image, "image:download_image"),
        "PUT": Route(routes.upload_image, "image:upload_image"),
    },
    "/v2/images/{image_id}/tags/{tag}": {
        "PUT": Route(routes.add_tag, "image:modify_image"),
        "DELETE": Route(routes.delete_tag, "image:modify_image"),
    },
    "/v2/images/{image_id}/actions/deactivate": {"POST": Route(routes.deactivate_image, "image:deactivate")},
    "/v2/images/{image_id}/actions/reactivate": {"POST": Route(routes.reactivate_image, "image:deactivate")},
}
API = Api("image", "/image", ROUTES, plain_envelope)
