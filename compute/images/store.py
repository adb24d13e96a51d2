"""Image rows: insert, fetch, select, update, delete. The connection comes first; `reach` is `Caller.reach`."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
from multidict import MultiMapping

from compute.images.schema import ImageBase
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.listing import (
    Attribute,
    Listing,
    Page,
    Where,
    compile_listing,
    parse_page,
)

SQL = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    select="SELECT * FROM compute.images",
    attributes={
        "id": Attribute("id", "uuid"),
        "name": Attribute("name"),
        "status": Attribute("status"),
        "visibility": Attribute("visibility"),
        "owner": Attribute("project_id"),
        "disk_format": Attribute("disk_format"),
        "container_format": Attribute("container_format"),
        "protected": Attribute("protected", "bool"),
        "os_hidden": Attribute("os_hidden", "bool"),
        "min_disk": Attribute("min_disk_gb", "int"),
        "min_ram": Attribute("min_ram_mb", "int"),
        "size": Attribute("size_bytes", "int"),
        "checksum": Attribute("md5"),
        "os_hash_value": Attribute("sha512"),
        "created_at": Attribute("created_at", "time"),
        "updated_at": Attribute("updated_at", "time"),
    },
)
OWN_WORDS = frozenset({"tag", "member_status", "size_min", "size_max"})


class ImageNotFound(NotFound):
    def __init__(self, image_id: str) -> None:
        super().__init__(f"No image found with ID {image_id[:64]}")


class ImageExists(Conflict):
    pass


async def insert_image(
    conn: Connection, project_id: str, base: ImageBase, properties: Mapping[str, str]
) -> asyncpg.Record:
    """The new row, `queued`. An id that was ever used, even by a deleted image, is ImageExists."""
    image_id = base.id or str(uuid.uuid4())
    taken = {"images_pkey": lambda: ImageExists(f"Image ID {image_id} already exists.")}
    with naming(taken):
        return await SQL.insert_image(conn, id=image_id, project_id=project_id, **_columns(base, properties))


async def fetch_visible(conn: Connection, image_id: str, reach: str | None) -> asyncpg.Record:
    """The row if the caller may see it: his project's, public or community. Raises ImageNotFound."""
    image = await SQL.find_visible(conn, id=image_id, reach=reach)
    if image is None:
        raise ImageNotFound(image_id)
    return image


async def lock_visible(conn: Connection, image_id: str, reach: str | None) -> asyncpg.Record:
    """As fetch_visible, and nobody else changes the row until the transaction ends."""
    await fetch_visible(conn, image_id, reach)
    image = await SQL.lock_image(conn, id=image_id)
    if image is None:
        raise ImageNotFound(image_id)
    return image


async def update_image(
    conn: Connection, image_id: str, base: ImageBase, properties: Mapping[str, str]
) -> asyncpg.Record:
    """The row with everything that `base` says, its owner included. Raises BadRequest for an image of nobody."""
    if not base.owner:
        raise BadRequest("Invalid input for owner: an image belongs to a project.")
    return await SQL.update_image(conn, id=image_id, project_id=base.owner, **_columns(base, properties))


def parse_query(query: MultiMapping[str]) -> tuple[Page, dict[str, Any]]:
    """(page, the filters that are not columns) of a list request."""
    property_names = frozenset(query) - LISTING.attributes.keys() - {"limit", "marker"}
    page = parse_page(query, LISTING, ignore=OWN_WORDS | property_names)
    page.sort = page.sort or [("created_at", True)]
    page.filters.setdefault("os_hidden", ["false"])
    for name, values in page.filters.items():
        page.filters[name] = [one for value in values for one in _alternatives(value)]
    words = OWN_WORDS | {"sort", "sort_key", "sort_dir"}
    properties = {name: query[name] for name in property_names - words}
    sizes = {name: _whole(name, query[name]) for name in ("size_min", "size_max") if name in query}
    return page, {"tags": query.getall("tag", []), "properties": properties, **sizes}


async def select_images(
    conn: Connection, reach: str | None, project_id: str | None, page: Page, more: Mapping[str, Any]
) -> list[asyncpg.Record]:
    """A page of the images that the caller may see; community images only when asked for by visibility."""
    where = Where()
    where.predicates.append("status <> 'deleted'")
    if reach is not None:
        where.add("project_id = {} OR visibility IN ('public', 'community')", reach)
    if "visibility" not in page.filters:
        where.add("visibility <> 'community' OR project_id = {}", project_id or "")
    if more["tags"]:
        where.add("tags @> {}::text[]", more["tags"])
    if more["properties"]:
        where.add("properties @> {}::jsonb", more["properties"])
    if "size_min" in more:
        where.add("size_bytes >= {}", more["size_min"])
    if "size_max" in more:
        where.add("size_bytes <= {}", more["size_max"])
    sql, values = compile_listing(LISTING, page, where)
    return await conn.fetch(sql, *values)


def _alternatives(value: str) -> list[str]:
    """`in:a,b` names several values, anything else itself."""
    return [part.strip('"') for part in value[3:].split(",")] if value.startswith("in:") else [value]


def _whole(name: str, text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest(f"Invalid input for {name}: expected a whole number, zero or more.")
    return int(text)


def _columns(base: ImageBase, properties: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": base.name,
        "visibility": base.visibility,
        "protected": base.protected,
        "os_hidden": base.os_hidden,
        "disk_format": base.disk_format,
        "container_format": base.container_format,
        "min_disk_gb": base.min_disk,
        "min_ram_mb": base.min_ram,
        "tags": sorted(set(base.tags)),
        "properties": dict(properties),
    }
