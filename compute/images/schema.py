"""Bodies of the Image API v2 and the image as its clients see it.

An image is an object of base attributes and, beside them, any number of string properties; hence a body is read as a
plain object and split. Source: Image API v2, images.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from runtime.attributes import Body, Tag, Uuid, decode_scalar
from runtime.errors import BadRequest, Forbidden
from runtime.web.bodies import describe

DISK_FORMATS = ("raw", "qcow2")
CONTAINER_FORMATS = ("bare",)
MOST_PROPERTIES = 128
LONGEST_PROPERTIES = 65535
READ_ONLY = frozenset(
    {
        *("status", "checksum", "os_hash_algo", "os_hash_value", "size", "virtual_size", "created_at", "updated_at"),
        *("self", "file", "schema", "direct_url", "locations", "stores", "deleted", "deleted_at"),
    }
)
Whole = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class ImageBase(Body):
    """The base attributes that a client may set; the defaults are Glance's."""

    id: Uuid | None = None
    name: Annotated[str, Meta(max_length=255)] | None = None
    visibility: Literal["public", "private", "shared", "community"] = "shared"
    protected: bool = False
    os_hidden: bool = False
    disk_format: Literal["raw", "qcow2"] | None = None
    container_format: Literal["bare"] | None = None
    min_disk: Whole = 0
    min_ram: Whole = 0
    tags: Annotated[list[Tag], Meta(max_length=128)] = []
    owner: Annotated[str, Meta(max_length=255)] | None = None


BASE_NAMES = frozenset(ImageBase.__struct_encode_fields__)


def parse_image(content: dict[str, Any]) -> tuple[ImageBase, dict[str, str]]:
    """(base attributes, properties) of an image that a client describes.

    Raises Forbidden for an attribute that only the service sets, BadRequest for a value that does not fit.
    """
    for name in content:
        if name in READ_ONLY:
            raise Forbidden(f"Attribute '{name}' is read-only.")
    base = {name: value for name, value in content.items() if name in BASE_NAMES}
    properties = {name: value for name, value in content.items() if name not in BASE_NAMES}
    try:
        return msgspec.convert(base, ImageBase, dec_hook=decode_scalar), parse_properties(properties)
    except msgspec.ValidationError as error:
        raise BadRequest(describe(error)) from error


def parse_properties(properties: dict[str, Any]) -> dict[str, str]:
    if len(properties) > MOST_PROPERTIES:
        raise BadRequest(f"An image has at most {MOST_PROPERTIES} properties.")
    for name, value in properties.items():
        if not name or len(name) > 255:
            raise BadRequest("The name of a property has 1 to 255 characters.")
        if not isinstance(value, str):
            raise BadRequest(f"Invalid input for {name}: expected a string.")
    if sum(len(name) + len(value) for name, value in properties.items()) > LONGEST_PROPERTIES:
        raise BadRequest(f"The properties of an image have at most {LONGEST_PROPERTIES} characters together.")
    return properties


class Change(msgspec.Struct, kw_only=True):
    """One operation of a JSON patch (RFC 6902 as Glance narrows it: one attribute deep)."""

    op: Literal["add", "replace", "remove"]
    path: str
    value: Any = None


def apply_changes(document: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """The document after a JSON patch.

    Raises Forbidden for what the service alone sets or what may not be removed, BadRequest for what is not there.
    """
    changed = dict(document)
    for change in changes:
        name = _attribute(change.path)
        if name in READ_ONLY or name == "id":
            raise Forbidden(f"Attribute '{name}' is read-only.")
        if change.op == "remove":
            if name in BASE_NAMES:
                raise Forbidden(f"Attribute '{name}' may not be removed.")
            if name not in changed:
                raise BadRequest(f"Property {name} does not exist.")
            del changed[name]
        elif change.op == "replace" and name not in changed:
            raise BadRequest(f"Property {name} does not exist; use op 'add'.")
        else:
            changed[name] = change.value
    return changed


def _attribute(path: str) -> str:
    name = path[1:].replace("~1", "/").replace("~0", "~")
    if not path.startswith("/") or not name or "/" in path[1:]:
        raise BadRequest(f"Invalid input for path: '{path[:64]}' is not '/attribute'.")
    return name


def patch_document(image: Any) -> dict[str, Any]:
    """What a patch works on: the settable base attributes and the properties of a row."""
    return {
        "name": image["name"],
        "visibility": image["visibility"],
        "protected": image["protected"],
        "os_hidden": image["os_hidden"],
        "disk_format": image["disk_format"],
        "container_format": image["container_format"],
        "min_disk": image["min_disk_gb"],
        "min_ram": image["min_ram_mb"],
        "tags": image["tags"],
        "owner": image["project_id"],
        **image["properties"],
    }


def render(image: Any) -> dict[str, Any]:
    """An image row as the API shows it."""
    return {
        **image["properties"],
        "id": image["id"],
        "name": image["name"],
        "status": image["status"],
        "visibility": image["visibility"],
        "protected": image["protected"],
        "os_hidden": image["os_hidden"],
        "owner": image["project_id"],
        "disk_format": image["disk_format"],
        "container_format": image["container_format"],
        "min_disk": image["min_disk_gb"],
        "min_ram": image["min_ram_mb"],
        "size": image["size_bytes"],
        "virtual_size": image["virtual_size_bytes"],
        "checksum": image["md5"],
        "os_hash_algo": "sha512" if image["sha512"] else None,
        "os_hash_value": image["sha512"],
        "tags": image["tags"],
        "created_at": image["created_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "updated_at": image["updated_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "self": f"/v2/images/{image['id']}",
        "file": f"/v2/images/{image['id']}/file",
        "schema": "/v2/schemas/image",
    }
