"""Marks: "this owner's rows may differ from what was committed", written in the transaction that changed it.

A mark is appended, never updated, so that two transactions about the same owner do not wait for each other. All marks
of one transaction share its revision, the transaction's number: when they are cleared, OVN holds what it wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from runtime.database import Connection, Select, queries, select_named

SQL = queries(Path(__file__).parent / "marks.sql")


@dataclass(frozen=True, slots=True)
class Mark:
    """`number` names the mark itself; `owner` is "<kind>/<id>"."""

    number: int
    owner: str
    revision: int
    request_id: str | None = None


async def mark(conn: Connection, kind: str, *ids: str) -> int:
    """Marks owners of one kind and returns the transaction's revision, for `Translation.settle`.

    Call it inside the transaction that changes what the owners' plans read, as often as is convenient.
    """
    return await SQL.insert_marks(
        conn,
        owner_kind=kind,
        owner_ids=[str(owner_id) for owner_id in ids],
        request_id=cause(),
    )


def cause() -> str | None:
    """The id of the request that this runs for."""
    return structlog.contextvars.get_contextvars().get("request_id")


async def mark_all(conn: Connection, kind: str, table: str) -> int:
    """Marks every owner of a kind, whose ids are the `id` of `table` (a name of our own), and returns the revision."""
    ids = [row["id"] for row in await conn.fetch(f"SELECT id::text FROM {table}")]
    return await mark(conn, kind, *ids)


async def take(conn: Connection, limit: int, besides: Sequence[Mark] = ()) -> list[Mark]:
    """All marks of the oldest revisions, about `limit` or more of them, `besides` left out; they stay until `clear`.

    A revision is never taken in part: a transaction's marks become visible at once.
    """
    numbers = [mark.number for mark in besides]
    return [mark_of(row) async for row in SQL.select_marks(conn, limit=limit, besides=numbers)]


def select_marks(limit: int, besides: Sequence[Mark]) -> Select:
    """The statement of `take`, whose rows `mark_of` takes."""
    return select_named(SQL.select_marks, [mark.number for mark in besides], limit)


def mark_of(row: Mapping[str, Any]) -> Mark:
    return Mark(row["number"], f"{row['owner_kind']}/{row['owner_id']}", row["revision"], row["request_id"])


async def clear(conn: Connection, marks: Sequence[Mark]) -> None:
    """Removes marks that were taken. Marks made since then stay, whoever they are for."""
    await SQL.delete_marks(conn, numbers=[mark.number for mark in marks])


async def is_settled(conn: Connection, revision: int) -> bool:
    """Whether no mark of that revision is left. The transaction must have been committed."""
    return not await SQL.is_marked(conn, revision=revision)
