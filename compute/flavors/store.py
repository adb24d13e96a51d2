"""Flavors in PostgreSQL, each call seeing what the caller may see."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

from compute.flavors.schema import FlavorDraft
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    select="SELECT flavor.* FROM compute.flavors AS flavor",
    attributes={
        "id": Attribute("flavor.id"),
        "flavorid": Attribute("flavor.id"),
        "name": Attribute("flavor.name"),
        "memory_mb": Attribute("flavor.ram_mb", "int"),
        "vcpus": Attribute("flavor.vcpus", "int"),
        "root_gb": Attribute("flavor.disk_gb", "int"),
        "created_at": Attribute("flavor.created_at", "time"),
    },
)
USABLE = (
    "flavor.is_public OR EXISTS (SELECT FROM compute.flavor_access AS access"
    " WHERE access.flavor_id = flavor.id AND access.project_id = {})"
)


class FlavorNotFound(NotFound):
    def __init__(self, flavor_id: str) -> None:
        super().__init__(f"Flavor {flavor_id[:255]} could not be found.")


class FlavorExists(Conflict):
    pass


async def insert(conn: Connection, draft: FlavorDraft, description: str | None) -> asyncpg.Record:
    identifier = draft.chosen_id or str(uuid.uuid4())
    constraints = {
        "flavors_name_unique": lambda: FlavorExists(f"Flavor with name {draft.name} already exists."),
        "flavors_pkey": lambda: FlavorExists(f"Flavor with ID {identifier} already exists."),
    }
    with naming(constraints):
        return await SQL.insert(
            conn,
            id=identifier,
            name=draft.name,
            description=description,
            vcpus=draft.vcpus,
            ram_mb=draft.ram,
            disk_gb=draft.disk,
            ephemeral_gb=draft.ephemeral,
            swap_mb=draft.swap,
            rxtx_factor=draft.rxtx_factor,
            is_public=draft.is_public,
        )


async def fetch_visible(conn: Connection, flavor_id: str, reach: str | None) -> asyncpg.Record:
    """The flavor, when it is public or granted to the project `reach` (see `Caller.reach`). Raises FlavorNotFound."""
    flavor = await SQL.find_visible(conn, id=flavor_id, reach=reach)
    if flavor is None:
        raise FlavorNotFound(flavor_id)
    return flavor


async def select(
    conn: Connection, page: Page, reach: str | None, *, public: bool | None, min_ram_mb: int, min_disk_gb: int
) -> Sequence[asyncpg.Record]:
    """A page of visible flavors; `public` None is both kinds, for whoever sees private ones."""
    where = Where()
    if public is not None:
        where.add("flavor.is_public = {}", public)
    where.add("flavor.ram_mb >= {} AND flavor.disk_gb >= {}", min_ram_mb, min_disk_gb)
    if reach is not None:
        where.add(USABLE, reach)
    sql, values = compile_listing(LISTING, page, where)
    return await conn.fetch(sql, *values)


async def set_description(conn: Connection, flavor_id: str, description: str | None) -> asyncpg.Record:
    return await SQL.set_description(conn, id=flavor_id, description=description)


async def merge_specs(conn: Connection, flavor_id: str, specs: dict[str, str]) -> dict[str, Any]:
    """All extra specs after `specs` were added to them."""
    changed = await SQL.merge_specs(conn, id=flavor_id, specs=specs)
    if len(changed["extra_specs"]) > 128:
        raise BadRequest("Invalid input for extra_specs: a flavor holds at most 128.")
    return changed["extra_specs"]


async def remove_spec(conn: Connection, flavor_id: str, key: str) -> None:
    if await SQL.remove_spec(conn, id=flavor_id, key=key) is None:
        raise NotFound(f"Flavor {flavor_id} has no extra specs with key {key[:255]}.")


async def delete(conn: Connection, flavor_id: str) -> None:
    await SQL.delete(conn, id=flavor_id)


async def select_access(conn: Connection, flavor_id: str) -> list[str]:
    """The projects that a private flavor is granted to."""
    return [row["project_id"] async for row in SQL.select_access(conn, id=flavor_id)]


async def insert_access(conn: Connection, flavor_id: str, project_id: str) -> None:
    if await SQL.insert_access(conn, id=flavor_id, project_id=project_id) is None:
        raise FlavorExists(f"Flavor access already exists for flavor {flavor_id} and project {project_id}.")


async def delete_access(conn: Connection, flavor_id: str, project_id: str) -> None:
    if await SQL.delete_access(conn, id=flavor_id, project_id=project_id) is None:
        raise NotFound(f"Flavor access not found for {flavor_id} / {project_id} combination.")
