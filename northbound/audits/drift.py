"""The record of drift, newest first: what somebody else did to our rows, and what they were and are again."""

from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "drift.sql")


class Drift(Struct, frozen=True):
    """`found` None: the row was missing; `repaired` None: it was one too many. Both hold the columns that differed."""

    number: int
    seen_at: datetime
    owner: str
    table: str
    row_uuid: str
    found: dict[str, Any] | None
    repaired: dict[str, Any] | None


async def list_drift(
    conn: Connection, limit: int, *, before: int | None = None, kind: str | None = None, owner_id: str | None = None
) -> list[Drift]:
    """At most `limit` records older than the one numbered `before`, of all owners or of one."""
    return [
        Drift(
            row["number"],
            row["seen_at"],
            f"{row['owner_kind']}/{row['owner_id']}",
            row["ovn_table"],
            row["row_uuid"],
            row["found"],
            row["repaired"],
        )
        async for row in SQL.select_drift(conn, before=before, kind=kind, id=owner_id, limit=limit)
    ]
