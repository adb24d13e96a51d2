"""Many owners' changes as the operations of one OVSDB transaction: pure.

Order: a comment with the causes, the caller's guard, one `wait` for each row that must exist, inserts, updates, one mutate for
each set whoever asked for it, deletes. References name rows by the UUID we chose, so that order among inserts is free.
Source: RFC 7047 section 5.2; an `insert` with a "uuid" member, ovsdb-server(7).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from southbound.ovsdb import codec
from southbound.ovsdb.difference import Changes, SetChange, SetKey
from southbound.ovsdb.replica import RowKey
from southbound.ovsdb.rows import Value
from southbound.ovsdb.schema import ColumnType, Schema

Operation = dict[str, Any]


@dataclass(slots=True)
class Transaction:
    """Operations as sent, and for each the owners it is for (none for the comment and the guard)."""

    operations: list[Operation] = field(default_factory=list)
    owners: list[frozenset[str]] = field(default_factory=list)

    def add(self, operation: Operation, owners: Iterable[str] = ()) -> None:
        self.operations.append(operation)
        self.owners.append(frozenset(owners))

    def short(self, counts: Sequence[int | None]) -> set[str]:
        """Owners of a committed operation that met no row: it was gone when we wrote."""
        missed = set()
        for operation, owners, count in zip(self.operations, self.owners, counts, strict=True):
            if operation["op"] in ("update", "mutate", "delete") and count != 1:
                missed |= owners
        return missed


def build_transaction(
    changes: Sequence[Changes], schema: Schema, *, guard: Operation | None = None, comment: str = ""
) -> Transaction:
    """One transaction for all these changes."""
    transaction = Transaction()
    if comment:
        transaction.add({"op": "comment", "comment": comment})
    if guard is not None:
        transaction.add(guard)
    _add_waits(transaction, changes)
    for change in changes:
        for (table, uuid), columns in change.inserts.items():
            row = {name: codec.encode(schema.column(table, name), value) for name, value in columns.items()}
            transaction.add({"op": "insert", "table": table, "uuid": uuid, "row": row}, [change.owner])
        for key, columns in change.updates.items():
            _add_updates(transaction, change.owner, key, columns, schema)
    _add_set_mutations(transaction, changes, schema)
    for change in changes:
        for table, uuid in sorted(change.deletes):
            transaction.add({"op": "delete", "table": table, "where": where_uuid(uuid)}, [change.owner])
    return transaction


def where_uuid(uuid: str) -> list[list[Any]]:
    return [["_uuid", "==", ["uuid", uuid]]]


def wait_some(table: str, where: list[list[Any]]) -> Operation:
    """Refuses the transaction ("timed out") unless at least one row of `table` meets `where`."""
    return {"op": "wait", "table": table, "where": where, "timeout": 0, "columns": ["_uuid"], "until": "!=", "rows": []}


def mutate_map(
    table: str, where: list[list[Any]], column: str, kind: ColumnType, entries: Mapping[str, Value]
) -> Operation:
    """Sets keys of a map, or removes those whose value is None; other keys stay."""
    present = {key: value for key, value in entries.items() if value is not None}
    mutations = [[column, "delete", codec.encode_set(kind.key, entries)]]
    if present:
        mutations.append([column, "insert", codec.encode_map(kind, present)])
    return {"op": "mutate", "table": table, "where": where, "mutations": mutations}


def _add_waits(transaction: Transaction, changes: Sequence[Changes]) -> None:
    inserted = {key for change in changes for key in change.inserts}
    asking: dict[RowKey, set[str]] = defaultdict(set)
    for change in changes:
        for key in change.required() - inserted:
            asking[key].add(change.owner)
    for (table, uuid), owners in asking.items():
        transaction.add(wait_some(table, where_uuid(uuid)), owners)


def _add_updates(
    transaction: Transaction, owner: str, key: RowKey, columns: Mapping[str, Value], schema: Schema
) -> None:
    table, uuid = key
    row = {}
    for name, value in columns.items():
        kind = schema.column(table, name)
        if kind.is_map:
            transaction.add(mutate_map(table, where_uuid(uuid), name, kind, value), [owner])
        else:
            row[name] = codec.encode(kind, value)
    if row:
        transaction.add({"op": "update", "table": table, "where": where_uuid(uuid), "row": row}, [owner])


def _add_set_mutations(transaction: Transaction, changes: Sequence[Changes], schema: Schema) -> None:
    merged: dict[SetKey, SetChange] = defaultdict(SetChange)
    asking: dict[SetKey, set[str]] = defaultdict(set)
    for change in changes:
        for key, references in change.sets.items():
            merged[key].add |= references.add
            merged[key].remove |= references.remove
            asking[key].add(change.owner)
    for (table, uuid, column), references in merged.items():
        atom = schema.column(table, column).key
        mutations = []
        if references.remove:
            mutations.append([column, "delete", codec.encode_set(atom, references.remove)])
        if references.add:
            mutations.append([column, "insert", codec.encode_set(atom, references.add)])
        operation = {"op": "mutate", "table": table, "where": where_uuid(uuid), "mutations": mutations}
        transaction.add(operation, asking[(table, uuid, column)])
