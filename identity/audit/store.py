"""The record of events in PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from identity.audit.event import Event, Recorded
from runtime.database import Connection, queries
from runtime.web.listing import Where

SQL = queries(Path(__file__).with_name("queries.sql"))
PRUNING_LOCK = 0x4D45_5249_0002
COLUMNS = ", ".join(Recorded.__struct_fields__)


def insertion(place: str) -> str:
    """The statement that records the events at a parameter, for one that others extend (`WITH recorded AS (...)`)."""
    written = ", ".join(Event.__struct_fields__)
    return (
        f"INSERT INTO identity.audit_events ({written}) SELECT {written}"
        f" FROM jsonb_populate_recordset(NULL::identity.audit_events, {place})"
    )


INSERT = insertion("$1")


async def insert_events(connection: Connection, events: Sequence[Event]) -> None:
    await connection.execute(INSERT, events)


async def select_events(connection: Connection, where: Where, limit: int) -> list[Recorded]:
    """At most `limit` of those that `where` leaves, the newest first."""
    conditions = " AND ".join(f"({predicate})" for predicate in where.predicates) or "true"
    statement = (
        f"SELECT {COLUMNS} FROM identity.audit_events WHERE {conditions} ORDER BY number DESC LIMIT {where.bind(limit)}"
    )
    return [msgspec.convert(dict(row), Recorded) for row in await connection.fetch(statement, *where.values)]


async def prune(connection: Connection, kept_s: float, most: int) -> int:
    """Forgets at most `most` events that are older; how many it were. 0 also while another process does it."""
    return await SQL.prune(connection, kept_s=kept_s, most=most, lock=PRUNING_LOCK)
