"""Mappings in PostgreSQL."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from identity.federation.mappings.rules import Rule, check_rules
from runtime.database import Connection, naming, queries
from runtime.errors import Conflict, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing("SELECT * FROM identity.mappings", {"id": Attribute("id")})


class MappingNotFound(NotFound):
    def __init__(self, mapping_id: str) -> None:
        super().__init__(f"Could not find mapping: {mapping_id[:64]}.")


async def insert_mapping(connection: Connection, mapping_id: str, rules: Sequence[Rule], version: str) -> Row:
    check_rules(rules, version)
    taken = Conflict(f"Conflict occurred attempting to store mapping - Duplicate entry found with ID {mapping_id}.")
    with naming({"mappings_pkey": lambda: taken}):
        return await sql.insert_mapping(
            connection, id=mapping_id, schema_version=version, rules=msgspec.to_builtins(rules)
        )


async def find_mapping(connection: Connection, mapping_id: str) -> Row | None:
    return await sql.find_mapping(connection, id=mapping_id)


async def fetch_mapping(connection: Connection, mapping_id: str) -> Row:
    """Raises MappingNotFound."""
    if (row := await find_mapping(connection, mapping_id)) is None:
        raise MappingNotFound(mapping_id)
    return row


async def update_mapping(
    connection: Connection, mapping_id: str, rules: Sequence[Rule] | None, version: str | None
) -> Row:
    """The row after the change; None leaves what is there."""
    row = await sql.lock_mapping(connection, id=mapping_id)
    if row is None:
        raise MappingNotFound(mapping_id)
    rules = msgspec.convert(row["rules"], list[Rule]) if rules is None else rules
    version = version or row["schema_version"]
    check_rules(rules, version)
    return await sql.update_mapping(connection, id=mapping_id, schema_version=version, rules=msgspec.to_builtins(rules))


async def delete_mapping(connection: Connection, mapping_id: str) -> None:
    if await sql.delete_mapping(connection, id=mapping_id) is None:
        raise MappingNotFound(mapping_id)


async def protocols_of_mapping(connection: Connection, mapping_id: str) -> list[tuple[str, str]]:
    """(idp_id, protocol_id) of all that go by it."""
    rows = sql.select_protocols_of(connection, mapping_id=mapping_id)
    return [(row["idp_id"], row["id"]) async for row in rows]
