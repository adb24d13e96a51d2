"""Domains in PostgreSQL."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.bodies import merge_extra
from runtime.database import Connection, naming, queries
from runtime.errors import Conflict, Forbidden, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.domains",
    {
        "id": Attribute("id"),
        "name": Attribute("name"),
        "enabled": Attribute("enabled", "bool"),
    },
)


class DomainNotFound(NotFound):
    def __init__(self, domain_id: str) -> None:
        super().__init__(f"Could not find domain: {domain_id[:64]}.")


def _name_taken(name: str) -> Conflict:
    return Conflict(f"Conflict occurred attempting to store domain - Duplicate entry found with name {name}.")


async def insert_domain(connection: Connection, draft: Row, extra: Row) -> Row:
    """Bootstrap alone chooses an id."""
    values = {"id": uuid.uuid4().hex, "description": "", "enabled": True, **draft}
    with naming({"domains_name_once": lambda: _name_taken(values["name"])}):
        return await sql.insert_domain(
            connection,
            id=values["id"],
            name=values["name"],
            description=values["description"] or "",
            enabled=values["enabled"],
            extra=extra,
        )


async def find_domain(connection: Connection, domain_id: str) -> Row | None:
    return await sql.find_domain(connection, id=domain_id)


async def find_domain_by_name(connection: Connection, name: str) -> Row | None:
    return await sql.find_domain_by_name(connection, name=name)


async def fetch_domain(connection: Connection, domain_id: str) -> Row:
    """Raises DomainNotFound."""
    if (row := await find_domain(connection, domain_id)) is None:
        raise DomainNotFound(domain_id)
    return row


async def update_domain(connection: Connection, domain_id: str, changes: Row, extra: Row) -> Row:
    """The row after the change; extra attributes are added to those it has."""
    row = await sql.lock_domain(connection, id=domain_id)
    if row is None:
        raise DomainNotFound(domain_id)
    values = {**row, **changes}
    with naming({"domains_name_once": lambda: _name_taken(values["name"])}):
        return await sql.update_domain(
            connection,
            id=domain_id,
            name=values["name"],
            description=values["description"] or "",
            enabled=values["enabled"],
            extra=merge_extra(row["extra"], extra),
        )


async def delete_domain(connection: Connection, domain_id: str) -> None:
    """Deletes the domain with its users, projects and roles. Refused while it is enabled."""
    row = await sql.lock_domain(connection, id=domain_id)
    if row is None:
        raise DomainNotFound(domain_id)
    if row["enabled"]:
        raise Forbidden("Cannot delete a domain that is enabled, please disable it first.")
    await sql.delete_domain(connection, id=domain_id)


async def select_domains_of_user(connection: Connection, user_id: str) -> list[Row]:
    """The enabled domains on which the user has a role."""
    return [row async for row in sql.select_domains_of_user(connection, user_id=user_id)]
