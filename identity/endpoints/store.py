"""Endpoints in PostgreSQL."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from identity.bodies import merge_extra
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.endpoints",
    {
        "id": Attribute("id"),
        "interface": Attribute("interface"),
        "service_id": Attribute("service_id"),
        "region_id": Attribute("region_id"),
        "region": Attribute("region_id"),
        "enabled": Attribute("enabled", "bool"),
    },
)


class EndpointNotFound(NotFound):
    def __init__(self, endpoint_id: str) -> None:
        super().__init__(f"Could not find endpoint: {endpoint_id[:64]}.")


@contextmanager
def _known_service_and_region() -> Iterator[None]:
    refusals = {
        "endpoints_service": lambda: BadRequest("Invalid input for endpoint.service_id: no such service."),
        "endpoints_region": lambda: BadRequest("Invalid input for endpoint.region_id: no such region."),
    }
    with naming(refusals):
        yield


async def insert_endpoint(connection: Connection, draft: Row, extra: Row) -> Row:
    values = {"region_id": None, "enabled": True, **draft}
    with _known_service_and_region():
        return await sql.insert_endpoint(
            connection,
            id=uuid.uuid4().hex,
            service_id=values["service_id"],
            region_id=values["region_id"],
            interface=values["interface"],
            url=values["url"],
            enabled=values["enabled"],
            extra=extra,
        )


async def find_endpoint_of(connection: Connection, service_id: str, region_id: str, interface: str) -> Row | None:
    return await sql.find_endpoint_of(connection, service_id=service_id, region_id=region_id, interface=interface)


async def fetch_endpoint(connection: Connection, endpoint_id: str) -> Row:
    """Raises EndpointNotFound."""
    if (row := await sql.find_endpoint(connection, id=endpoint_id)) is None:
        raise EndpointNotFound(endpoint_id)
    return row


async def update_endpoint(connection: Connection, endpoint_id: str, changes: Row, extra: Row) -> Row:
    row = await sql.lock_endpoint(connection, id=endpoint_id)
    if row is None:
        raise EndpointNotFound(endpoint_id)
    values = {**row, **changes}
    with _known_service_and_region():
        return await sql.update_endpoint(
            connection,
            id=endpoint_id,
            service_id=values["service_id"],
            region_id=values["region_id"],
            interface=values["interface"],
            url=values["url"],
            enabled=values["enabled"],
            extra=merge_extra(row["extra"], extra),
        )


async def delete_endpoint(connection: Connection, endpoint_id: str) -> None:
    """Raises EndpointNotFound."""
    if await sql.delete_endpoint(connection, id=endpoint_id) is None:
        raise EndpointNotFound(endpoint_id)
