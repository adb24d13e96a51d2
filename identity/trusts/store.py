"""Trusts in PostgreSQL. One that has ended, or that has no use left, does not exist."""

import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runtime.database import Connection, naming, queries
from runtime.errors import Forbidden, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
MOST_TRUSTS = 100
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.trusts",
    {name: Attribute(name) for name in ("id", "trustor_user_id", "trustee_user_id", "project_id")},
)
STANDING = "remaining_uses IS DISTINCT FROM 0 AND (expires_at IS NULL OR expires_at > now())"


class TrustNotFound(NotFound):
    def __init__(self, trust_id: str) -> None:
        super().__init__(f"Could not find trust: {trust_id[:64]}.")


async def insert_trust(connection: Connection, values: Row, role_ids: Iterable[str]) -> Row:
    """The new trust; the trustor is locked, so that the bound holds. `values` are its columns but the id."""
    trustor_id = values["trustor_user_id"]
    await sql.lock_trustor(connection, id=trustor_id)
    await sql.forget_spent(connection, trustor_user_id=trustor_id)
    if await sql.count_trusts(connection, trustor_user_id=trustor_id) >= MOST_TRUSTS:
        raise Forbidden(f"A user gives {MOST_TRUSTS} trusts at most: delete one first.")
    gone = {
        f"trusts_{party}": lambda noun=noun: NotFound(f"Could not find {noun}.")
        for party, noun in (
            *(("trustor", "user"), ("trustee", "user"), ("project", "project")),
            ("redelegated", "the trust that this one would be made from"),
        )
    }
    with naming(gone):
        row = await sql.insert_trust(connection, id=uuid.uuid4().hex, **values)
    await sql.insert_roles(connection, id=row["id"], role_ids=list(role_ids))
    return row


async def find_trust(connection: Connection, trust_id: str) -> Row | None:
    return await sql.find_trust(connection, id=trust_id)


async def use_trust(connection: Connection, trust_id: str, trustee_id: str) -> Row | None:
    """The trust, with one use less when they are counted; None unless it stands and is this trustee's."""
    row = await sql.lock_trust(connection, id=trust_id)
    if row is None or row["trustee_user_id"] != trustee_id:
        return None
    await sql.use_trust(connection, id=trust_id)
    return row


async def select_sources(connection: Connection, trust_id: str) -> list[Row]:
    """The trusts that this one was made from, the nearest first."""
    return [row async for row in sql.select_sources(connection, id=trust_id)]


async def select_roles(connection: Connection, trust_id: str) -> list[Row]:
    return [row async for row in sql.select_roles(connection, id=trust_id)]


async def delete_trust(connection: Connection, trust_id: str) -> None:
    await sql.delete_trust(connection, id=trust_id)
