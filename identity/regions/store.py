"""Regions in PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.bodies import merge_extra
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, Forbidden, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.regions",
    {"id": Attribute("id"), "parent_region_id": Attribute("parent_region_id")},
)


class RegionNotFound(NotFound):
    def __init__(self, region_id: str) -> None:
        super().__init__(f"Could not find region: {region_id[:64]}.")


def _parent_missing() -> BadRequest:
    return BadRequest("Invalid input for region.parent_region_id: no such region.")


async def ensure_region(connection: Connection, region_id: str) -> None:
    """The region exists afterwards."""
    await sql.ensure_region(connection, id=region_id)


async def insert_region(connection: Connection, draft: Row, extra: Row) -> Row:
    values = {"description": "", "parent_region_id": None, **draft}
    refusals = {
        "regions_pkey": lambda: Conflict(
            f"Conflict occurred attempting to store region - Duplicate ID, {values['id']}."
        ),
        "regions_parent": _parent_missing,
    }
    with naming(refusals):
        return await sql.insert_region(
            connection,
            id=values["id"],
            description=values["description"] or "",
            parent_region_id=values["parent_region_id"],
            extra=extra,
        )


async def find_region(connection: Connection, region_id: str) -> Row | None:
    return await sql.find_region(connection, id=region_id)


async def fetch_region(connection: Connection, region_id: str) -> Row:
    """Raises RegionNotFound."""
    if (row := await find_region(connection, region_id)) is None:
        raise RegionNotFound(region_id)
    return row


async def update_region(connection: Connection, region_id: str, changes: Row, extra: Row) -> Row:
    """Raises BadRequest for a parent that is missing, or that stands below the region."""
    row = await sql.lock_region(connection, id=region_id)
    if row is None:
        raise RegionNotFound(region_id)
    values = {**row, **changes}
    parent_id = values["parent_region_id"]
    if parent_id is not None and await sql.is_below(connection, id=parent_id, ancestor_id=region_id):
        raise BadRequest("Invalid input for region.parent_region_id: a region cannot stand below itself.")
    with naming({"regions_parent": _parent_missing}):
        return await sql.update_region(
            connection,
            id=region_id,
            description=values["description"] or "",
            parent_region_id=parent_id,
            extra=merge_extra(row["extra"], extra),
        )


async def delete_region(connection: Connection, region_id: str) -> None:
    """Refused while the region has endpoints or regions below it."""
    refusals = {
        "endpoints_region": lambda: Forbidden(f"Cannot delete region {region_id}: it has endpoints."),
        "regions_parent": lambda: Forbidden(f"Cannot delete region {region_id}: it has child regions."),
    }
    with naming(refusals):
        if await sql.delete_region(connection, id=region_id) is None:
            raise RegionNotFound(region_id)
