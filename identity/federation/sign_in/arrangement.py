"""What the operators agreed with a provider: who it is, and what its word counts for here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from runtime.database import Connection, queries

KEEPER = "federation"
"""Who keeps a user whom a mapping made."""
sql = queries(Path(__file__).with_name("queries.sql"))


class Arrangement(NamedTuple):
    """One protocol of one provider that is enabled, with its mapping. Two that are equal say the same of everybody."""

    idp_id: str
    domain_id: str
    remote_ids: tuple[str, ...]
    authorization_ttl: int | None
    protocol_id: str
    remote_id_attribute: str | None
    mapping_id: str
    version: str
    rules: list[Any]


async def find_arrangement(connection: Connection, idp_id: str, protocol_id: str) -> Arrangement | None:
    """None when nobody may sign in by it: the provider is disabled, or one of the parts is gone."""
    row = await sql.find_arrangement(connection, idp_id=idp_id, protocol_id=protocol_id)
    return row and Arrangement(**{**row, "remote_ids": tuple(row["remote_ids"])})


async def find_arrangement_of_user(connection: Connection, user_id: str) -> Arrangement | None:
    """By which the user signs in; None also for a user whom no mapping made."""
    link = await find_link_of_user(connection, user_id)
    return await find_arrangement(connection, link["idp_id"], link["protocol_id"]) if link else None


async def find_link_of_user(connection: Connection, user_id: str) -> Mapping[str, Any] | None:
    """Who the user is for their provider: idp_id, protocol_id, unique_id."""
    return await sql.find_link_of_user(connection, user_id=user_id)
