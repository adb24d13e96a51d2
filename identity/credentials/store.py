"""Credentials in PostgreSQL. Blobs arrive here sealed."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Forbidden, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
MOST_CREDENTIALS = 50
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.credentials",
    {name: Attribute(name) for name in ("id", "user_id", "project_id", "type")},
)


class CredentialNotFound(NotFound):
    def __init__(self, credential_id: str) -> None:
        super().__init__(f"Could not find credential: {credential_id[:64]}.")


async def insert_credential(connection: Connection, values: Row) -> Row:
    """The owner is locked, so that the bound holds. `values` are the columns of a new row but the id."""
    await sql.lock_owner(connection, id=values["user_id"])
    if await sql.count_credentials(connection, user_id=values["user_id"]) >= MOST_CREDENTIALS:
        raise Forbidden(f"A user has {MOST_CREDENTIALS} credentials at most: delete one first.")
    gone = {
        f"credentials_{noun}": lambda noun=noun: BadRequest(f"Invalid input for credential.{noun}_id: no such {noun}.")
        for noun in ("user", "project")
    }
    with naming(gone):
        return await sql.insert_credential(connection, id=uuid.uuid4().hex, **values)


async def find_credential(connection: Connection, credential_id: str) -> Row | None:
    return await sql.find_credential(connection, id=credential_id)


async def reseal(connection: Connection, credential_id: str, sealed: bytes) -> None:
    await sql.reseal(connection, id=credential_id, sealed=sealed)


async def delete_credential(connection: Connection, credential_id: str) -> None:
    await sql.delete_credential(connection, id=credential_id)


async def select_of(connection: Connection, user_id: str, kind: str) -> list[Row]:
    return [row async for row in sql.select_of(connection, user_id=user_id, type=kind)]


async def use_step(connection: Connection, credential_id: str, step: int) -> bool:
    """Whether the passcode of that step had not been used; now it has."""
    return await sql.use_step(connection, id=credential_id, step=step) is not None
