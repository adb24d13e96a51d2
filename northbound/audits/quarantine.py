"""The owners that cannot be written to OVN at the moment, and why."""

from datetime import datetime

from msgspec import Struct

from runtime.database import Connection


class Quarantined(Struct, frozen=True):
    owner: str
    reason: str
    since: datetime
    attempts: int


async def list_quarantined(conn: Connection, limit: int) -> list[Quarantined]:
    """The oldest first."""
    rows = await conn.fetch(
        "SELECT owner_kind || '/' || owner_id AS owner, reason, since, attempts FROM northbound.quarantine"
        " ORDER BY since, owner_kind, owner_id LIMIT $1",
        limit,
    )
    return [Quarantined(**dict(row)) for row in rows]
