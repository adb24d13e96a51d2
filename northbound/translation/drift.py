"""Drift: a change of our rows that we did not make. Found in the replica, repaired by the loop, recorded here.

Pure but for the record: `observe` says of one change of the replica which owners it puts in doubt. Whether anything
is wrong is decided by the difference with their plans, as for any other owner.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from northbound.translation.desired import split_owner
from northbound.translation.tables import OBSERVED
from runtime.database import Connection, queries
from southbound.ovsdb.replica import Change, Columns, Replica
from southbound.ovsdb.rows import owner_of, readable

SQL = queries(Path(__file__).parent / "drift.sql")
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Drift:
    """What somebody did to a row: the columns that changed, as they are found and as they were before.

    `found` None: the row was removed; `repaired` None: it was added. A set of references holds only its changed
    members.
    """

    owner: str
    table: str
    row_uuid: str
    found: dict[str, Any] | None
    repaired: dict[str, Any] | None


def observe(change: Change, replica: Replica, expected: Container[str] = ()) -> Iterator[Drift]:
    """The owners that a change puts in doubt, with what happened to them: the row's own owner, and the owners of rows
    that entered or left one of its sets. Of the `expected` nothing is said: they are being written."""
    owners = {owner_of(row["external_ids"]) for row in (change.before, change.after) if row and "external_ids" in row}
    doubted = sorted(owner for owner in owners if owner is not None and owner not in expected)
    if doubted:
        before, after = change.before or {}, change.after or {}
        names = (before.keys() | after.keys()) - change.moved.keys()
        # What a change leaves alone is the same object, and need not be compared.
        columns = [name for name in names if before.get(name) is not after.get(name)]
        columns = [name for name in columns if before.get(name) != after.get(name)]
        planned = [name for name in columns if (change.table, name) not in OBSERVED]
        if planned or change.before is None or change.after is None:
            for owner in doubted:
                yield _drift(owner, change, planned)
    for column in change.moved:
        target_table = replica.schema.column(change.table, column).ref_table
        yield from _moved(change, column, target_table, replica, expected)


def _drift(owner: str, change: Change, columns: Sequence[str]) -> Drift:
    return Drift(
        owner,
        change.table,
        change.uuid,
        found=_readable(change.after, columns),
        repaired=_readable(change.before, columns),
    )


def _moved(
    change: Change, column: str, target_table: str, replica: Replica, expected: Container[str]
) -> Iterator[Drift]:
    before = (change.before or {}).get(column, frozenset())
    for uuid in sorted(change.moved[column]):
        target = replica.find(target_table, uuid)
        owner = owner_of(target["external_ids"]) if target is not None else None
        if owner is not None and owner not in expected:
            left = uuid in before
            members = {column: [uuid]}
            nobody: dict[str, Any] = {column: []}
            yield Drift(owner, change.table, change.uuid, nobody if left else members, members if left else nobody)


def _readable(row: Columns | None, columns: Sequence[str]) -> dict[str, Any] | None:
    """The columns in a form that JSON has: sets as sorted lists."""
    if row is None:
        return None
    return {name: readable(row.get(name)) for name in sorted(columns)}


async def record(conn: Connection, drifts: Sequence[Drift]) -> None:
    """Writes down what was repaired; the oldest records beyond KEPT are dropped."""
    if not drifts:
        return
    await SQL.insert_drift(
        conn,
        [
            {
                "owner_kind": split_owner(drift.owner)[0],
                "owner_id": split_owner(drift.owner)[1],
                "ovn_table": drift.table,
                "row_uuid": drift.row_uuid,
                "found": drift.found,
                "repaired": drift.repaired,
            }
            for drift in drifts
        ],
    )
    await SQL.prune_drift(conn, kept=KEPT)
