"""Marks: "this owner's rows may differ from what was committed", written in the transaction that changed it.

A mark is appended, never updated, so that two transactions about the same owner do not wait for each other. All marks
of one transaction share its revision, the transaction's number: when they are cleared, OVN holds what it wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "marks.sql")


@dataclass(frozen=True, slots=True)
class Mark:
    """`number` names the mark itself; `owner` is "<kind>/<id>"."""

    number: int
    owner: str
    revision: int


async def mark(conn: Connection, kind: str, *ids: str) -> int:
    """Marks owners of one kind and returns the transaction's revision, for `Translation.settle`.

    Call it inside the transaction that changes what the owners' plans read, as often as is convenient.
    """
    return await SQL.insert_marks(conn, owner_kind=kind, owner_ids=[str(owner_id) for owner_id in ids])


async def revision(conn: Connection) -> int:
    """The revision that this transaction's marks carry, for a route whose store did the marking."""
    return await SQL.current_revision(conn)


async def mark_all(conn: Connection, kind: str, table: str) -> int:
    """Marks every owner of a kind, whose ids are the `id` of `table` (a name of our own), and returns the revision."""
    await conn.execute(
        f"INSERT INTO northbound.dirty (owner_kind, owner_id, revision)"
        f" SELECT $1, id::text, pg_current_xact_id()::text::bigint FROM {table}",
        kind,
    )
    return await revision(conn)


async def take(conn: Connection, limit: int) -> list[Mark]:
    """The oldest marks that are visible, at most `limit`. They stay until `clear`."""
    return [
        Mark(row["number"], f"{row['owner_kind']}/{row['owner_id']}", row["revision"])
        async for row in SQL.select_marks(conn, limit=limit)
    ]


async def clear(conn: Connection, marks: Sequence[Mark]) -> list[int]:
    """Removes marks that were taken; returns the revisions of which no mark is left."""
    numbers, revisions = [mark.number for mark in marks], sorted({mark.revision for mark in marks})
    await SQL.delete_marks(conn, numbers=numbers)
    unsettled = {row["revision"] async for row in SQL.select_unsettled(conn, revisions=revisions)}
    return [revision for revision in revisions if revision not in unsettled]


async def is_settled(conn: Connection, revision: int) -> bool:
    """Whether no mark of that revision is left. The transaction must have been committed."""
    return not await SQL.is_marked(conn, revision=revision)
