"""Records of changes in PostgreSQL. Every write notes its own, in its own transaction: there, it is durable."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from identity.audit.acts import take
from identity.audit.event import Event
from identity.audit.store import insertion
from northbound.changes.change import Change, Pending
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")
NOTE = f"WITH recorded AS ({insertion('$3')}) {SQL.note.sql}"
MOST_PENDING = 1000


async def note(
    conn: Connection, request_ids: Sequence[str], project_id: str | None, events: Sequence[Event] | None = None
) -> int:
    """Notes that these requests made this transaction's changes; the revision of its marks, 0 when there are none.

    Call it last, with at least one request. Marks that name no request (those of triggers) are of all of them. The same
    statement records `events` of audit, those of the request at hand unless others are given.
    """
    return await conn.fetchval(NOTE, project_id or "", request_ids, take() if events is None else events)


async def find_change(conn: Connection, request_id: str) -> Change | None:
    row = await SQL.find(conn, request_id=request_id)
    return None if row is None else msgspec.convert(dict(row), Change)


async def ask(conn: Connection, change: Change) -> None:
    """From now on the leader watches how far the change gets; again is harmless."""
    if change.concerned is None:
        concerned = [row["name"] async for row in SQL.concerned(conn, owners=change.owners)]
        await SQL.ask(conn, request_id=change.request_id, concerned=concerned)


async def select_pending(conn: Connection) -> list[Pending]:
    """What is asked about and not in place everywhere."""
    return [msgspec.convert(dict(row), Pending) async for row in SQL.pending(conn, limit=MOST_PENDING)]


async def number(conn: Connection, changes: Sequence[Pending], nb_cfg: int | None) -> None:
    """Gives all these changes the nb_cfg that proves them; None takes it away."""
    await _lock(conn, changes)
    await SQL.number(conn, nb_cfg=nb_cfg, request_ids=[change.request_id for change in changes])


async def advance(conn: Connection, changes: Sequence[Pending]) -> None:
    """Writes down how far they got, unless they were numbered anew meanwhile."""
    await _lock(conn, changes)
    await SQL.advance(
        conn,
        [
            {
                "request_id": change.request_id,
                "nb_cfg": change.nb_cfg,
                "processed_at": change.processed_at,
                "in_place": change.in_place,
                "is_finished": change.is_finished,
            }
            for change in changes
        ],
    )


async def _lock(conn: Connection, changes: Sequence[Pending]) -> None:
    async for _ in SQL.lock(conn, request_ids=[change.request_id for change in changes]):
        pass


async def prune(conn: Connection, kept_s: float) -> None:
    """Forgets changes older than that."""
    await SQL.prune(conn, kept_s=kept_s)
