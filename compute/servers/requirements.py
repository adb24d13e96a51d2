"""What a new server is made of: the flavor, image and key that a request names, as the caller sees them."""

from collections.abc import Mapping
from typing import Any

import asyncpg
from msgspec import Struct

from compute.flavors import store as flavors
from compute.images import store as images
from compute.keypairs import store as keypairs
from compute.servers.refusals import naming_body_ids
from compute.servers.schema import ServerDraft
from compute.servers.server import FlavorCopy, ImageCopy
from identity.callers import Caller
from runtime.attributes import is_uuid
from runtime.database import Connection
from runtime.errors import BadRequest

BYTES_PER_GB = 1024**3
BOOTABLE_FORMATS = ("qcow2", "raw")


class Requirements(Struct, frozen=True):
    """Copies, so that the server keeps what it was made of."""

    flavor: FlavorCopy
    image: ImageCopy
    public_key: str | None


async def read_requirements(conn: Connection, draft: ServerDraft, caller: Caller) -> Requirements:
    """Raises BadRequest for an id that the caller cannot see, and for an image that does not fit the flavor."""
    with naming_body_ids():
        flavor = await flavors.fetch_visible(conn, _last_part(str(draft.flavorRef)), caller.reach)
    image = await _fetch_image(conn, _last_part(draft.imageRef), caller.reach)
    check_fits(flavor, image)
    return Requirements(copy_flavor(flavor), copy_image(image), await _fetch_key(conn, draft.key_name, caller))


def _last_part(reference: str) -> str:
    """References may be links; the id is what stands after the last slash."""
    return reference.rpartition("/")[2]


async def _fetch_image(conn: Connection, image_id: str, reach: str | None) -> asyncpg.Record:
    if not image_id:
        raise BadRequest("Invalid input for server.imageRef: an image is required; volumes are not offered.")
    if not is_uuid(image_id):
        raise BadRequest("Invalid imageRef provided.")
    with naming_body_ids():
        return await images.fetch_visible(conn, image_id.lower(), reach)


async def _fetch_key(conn: Connection, name: str | None, caller: Caller) -> str | None:
    if not name:
        return None
    try:
        return (await keypairs.fetch(conn, caller.user_id, name))["public_key"]
    except keypairs.KeypairNotFound as error:
        raise BadRequest("Invalid key_name provided.") from error


def check_fits(flavor: Mapping[str, Any], image: Mapping[str, Any]) -> None:
    """Raises BadRequest unless a server of `flavor` can boot `image`. Sizes: flavor GB and MB, image bytes."""
    if image["status"] != "active":
        raise BadRequest(f"Image {image['id']} is not active.")
    if image["disk_format"] not in BOOTABLE_FORMATS:
        raise BadRequest(f"Image {image['id']} has disk format {image['disk_format']}: expected qcow2 or raw.")
    if flavor["ram_mb"] < image["min_ram_mb"]:
        raise BadRequest("Flavor's memory is too small for requested image.")
    disk_bytes = flavor["disk_gb"] * BYTES_PER_GB
    needed_bytes = max(image["virtual_size_bytes"] or image["size_bytes"], image["min_disk_gb"] * BYTES_PER_GB)
    if disk_bytes < needed_bytes:
        raise BadRequest(
            f"Flavor's disk is too small for requested image. Flavor disk is {disk_bytes} bytes,"
            f" image is {needed_bytes} bytes."
        )


def copy_flavor(flavor: Mapping[str, Any]) -> FlavorCopy:
    return FlavorCopy(**{name: flavor[name] for name in FlavorCopy.__struct_fields__})


def copy_image(image: Mapping[str, Any]) -> ImageCopy:
    properties = {key: str(value) for key, value in image["properties"].items()}
    return ImageCopy(image["id"], image["disk_format"], image["size_bytes"], image["sha512"], properties)
