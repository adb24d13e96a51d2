"""Regions in PostgreSQL."""

from pathlib import Path

from identity.nouns.table import Row, Table, no_such
from runtime.database import Connection, queries
from runtime.errors import BadRequest, Conflict, Forbidden
from runtime.web.listing import Attribute, Listing

sql = queries(Path(__file__).with_name("queries.sql"))
REGIONS = Table(
    name="identity.regions",
    noun="region",
    listing=Listing(
        "SELECT * FROM identity.regions",
        {"id": Attribute("id"), "parent_region_id": Attribute("parent_region_id")},
    ),
    columns=("description", "parent_region_id"),
    refusals={
        "regions_pkey": lambda row: Conflict(
            f"Conflict occurred attempting to store region - Duplicate ID, {row['id']}."
        ),
        "regions_parent": no_such("region.parent_region_id", "region"),
    },
    holders={
        "endpoints_region": lambda row: Forbidden(f"Cannot delete region {row['id']}: it has endpoints."),
        "regions_parent": lambda row: Forbidden(f"Cannot delete region {row['id']}: it has child regions."),
        "registered_limits_region": lambda row: Forbidden(
            f"Cannot delete region {row['id']}: it has registered limits."
        ),
    },
)


async def ensure_region(connection: Connection, region_id: str) -> None:
    """The region exists afterwards."""
    await sql.ensure_region(connection, id=region_id)


async def update_region(connection: Connection, region_id: str, changes: Row, extra: Row) -> Row:
    """Raises BadRequest for a parent that is missing, or that stands below the region."""
    await REGIONS.fetch_locked(connection, region_id)
    parent_id = changes.get("parent_region_id")
    if parent_id is not None and await sql.is_below(connection, id=parent_id, ancestor_id=region_id):
        raise BadRequest("Invalid input for region.parent_region_id: a region cannot stand below itself.")
    return await REGIONS.update(connection, region_id, changes, extra)
