"""Services in PostgreSQL."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.bodies import merge_extra
from runtime.database import Connection, queries
from runtime.errors import NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.services",
    {
        "id": Attribute("id"),
        "type": Attribute("type"),
        "name": Attribute("name"),
        "enabled": Attribute("enabled", "bool"),
    },
)


class ServiceNotFound(NotFound):
    def __init__(self, service_id: str) -> None:
        super().__init__(f"Could not find service: {service_id[:64]}.")


async def insert_service(connection: Connection, draft: Row, extra: Row) -> Row:
    values = {"name": None, "description": "", "enabled": True, **draft}
    return await sql.insert_service(
        connection,
        id=uuid.uuid4().hex,
        type=values["type"],
        name=values["name"],
        description=values["description"] or "",
        enabled=values["enabled"],
        extra=extra,
    )


async def find_service_by_type(connection: Connection, kind: str) -> Row | None:
    return await sql.find_service_by_type(connection, type=kind)


async def fetch_service(connection: Connection, service_id: str) -> Row:
    """Raises ServiceNotFound."""
    if (row := await sql.find_service(connection, id=service_id)) is None:
        raise ServiceNotFound(service_id)
    return row


async def update_service(connection: Connection, service_id: str, changes: Row, extra: Row) -> Row:
    row = await sql.lock_service(connection, id=service_id)
    if row is None:
        raise ServiceNotFound(service_id)
    values = {**row, **changes}
    return await sql.update_service(
        connection,
        id=service_id,
        type=values["type"],
        name=values["name"],
        description=values["description"] or "",
        enabled=values["enabled"],
        extra=merge_extra(row["extra"], extra),
    )


async def delete_service(connection: Connection, service_id: str) -> None:
    """Deletes the service with its endpoints. Raises ServiceNotFound."""
    if await sql.delete_service(connection, id=service_id) is None:
        raise ServiceNotFound(service_id)
