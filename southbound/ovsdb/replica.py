"""The observed database, in memory: the registered columns of the registered tables, with three indexes.

Fed by the session with what the server sends. Row values are dicts that are replaced, never changed, so `before` and
`after` of a change can be kept. Before the first complete load, and while disconnected, absence proves nothing:
ask `complete`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from southbound.ovsdb import codec
from southbound.ovsdb.listeners import listening
from southbound.ovsdb.rows import Value, owner_of
from southbound.ovsdb.schema import ColumnType, Schema

Columns = Mapping[str, Value]
RowKey = tuple[str, str]
Index = dict[Any, set[Any]]
_NONE: frozenset[str] = frozenset()
_EMPTY: Columns = {}


@dataclass(frozen=True, slots=True)
class Change:
    """One row changed: `before` None means that it appeared, `after` None that it is gone.

    `moved` has, for each set of references that changed, what entered or left it: nobody compares the sets themselves,
    which may be as large as the cloud.
    """

    table: str
    uuid: str
    before: Columns | None
    after: Columns | None
    moved: Mapping[str, frozenset[str]]


Listener = Callable[[Change], None]


class Replica:
    """Rows by table and UUID; by owner; by name; and for each reference column, who holds a row."""

    def __init__(self, tables: Mapping[str, Collection[str]]) -> None:
        self.registered = {table: tuple(columns) for table, columns in tables.items()}
        self.complete = False
        self.schema: Schema | None = None
        self._rows: dict[str, dict[str, Columns]] = {table: {} for table in tables}
        self._owned: Index = defaultdict(set)
        self._named: Index = defaultdict(set)
        self._held: Index = defaultdict(set)
        self._references: dict[str, list[tuple[str, str]]] = {}
        self._reference_sets: dict[str, list[str]] = {}
        self._kinds: dict[str, dict[str, ColumnType]] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Calls `listener` for every later change, in order, without awaiting; it must be quick and not raise."""
        self._listeners.append(listener)

    def listening(self, listener: Listener) -> AbstractContextManager[None]:
        """`listen` for as long as a block lasts; what the listener raises ends the block."""
        return listening(self._listeners, listener)

    def rows(self, table: str) -> Mapping[str, Columns]:
        """All rows of a table by UUID; a live view, not to be kept over an await."""
        return self._rows[table]

    def find(self, table: str, uuid: str) -> Columns | None:
        return self._rows[table].get(uuid)

    def uuids_named(self, table: str, name: object) -> frozenset[str]:
        """UUIDs of the rows of a table with that name."""
        return frozenset(self._named.get((table, name), _NONE))

    def owners(self) -> Iterator[str]:
        """Every owner that has at least one row here."""
        return iter([owner for owner, keys in self._owned.items() if keys])

    def owned_by(self, owner: str) -> frozenset[RowKey]:
        """(table, uuid) of the rows that carry this owner's mark."""
        return frozenset(self._owned.get(owner, _NONE))

    def holders(self, table: str, column: str, uuid: str) -> frozenset[str]:
        """UUIDs of the rows of `table` whose reference `column` holds `uuid`."""
        return frozenset(self._held.get((table, column, uuid), _NONE))

    def reference_columns(self, target_table: str) -> list[tuple[str, str]]:
        """(table, column) of the registered sets that may hold rows of `target_table`."""
        return self._references.get(target_table, [])

    def learn_schema(self, schema: Schema) -> bool:
        """Takes the connected server's schema: which registered columns exist, and where references point.

        False when it differs from the last one: then everything was forgotten, without a word to the listeners.
        """
        self.schema = schema
        kinds_by_table = {
            table: {column: schema.column(table, column) for column in columns}
            for table, columns in self.monitored().items()
        }
        if kinds_by_table == self._kinds:
            return True
        self._kinds = kinds_by_table
        self._forget()
        references, reference_sets = defaultdict(list), defaultdict(list)
        for table, kinds in self._kinds.items():
            for column, kind in kinds.items():
                if kind.is_set and kind.ref_table in self._rows:
                    references[kind.ref_table].append((table, column))
                    reference_sets[table].append(column)
        self._references, self._reference_sets = references, reference_sets
        return False

    def _forget(self) -> None:
        self.complete = False
        for rows in self._rows.values():
            rows.clear()
        for index in (self._owned, self._named, self._held):
            index.clear()

    def monitored(self) -> dict[str, list[str]]:
        """The registered columns that the connected server has."""
        return {
            table: [column for column in columns if self.schema.has_column(table, column)]
            for table, columns in self.registered.items()
            if table in self.schema.tables
        }

    def apply(self, table: str, uuid: str, change: Mapping[str, Any]) -> None:
        """Takes one row of an update3 notification. Source: ovsdb-server(7), update2 notification."""
        before = self._rows[table].get(uuid)
        if "modify" in change:
            self._modify(table, uuid, before, change["modify"])
        elif "delete" in change:
            self._replace(table, uuid, before, None)
        else:
            self._replace(table, uuid, before, self._whole(table, change.get("insert", change.get("initial")) or {}))

    def keep_only(self, seen: Mapping[str, Collection[str]]) -> None:
        """Drops every row not in `seen` (UUIDs by table): the end of a load that started from nothing."""
        for table, rows in self._rows.items():
            for uuid in [uuid for uuid in rows if uuid not in seen.get(table, _NONE)]:
                self._replace(table, uuid, rows[uuid], None)

    def _whole(self, table: str, wire: Mapping[str, Any]) -> Columns:
        """A row as sent in full; a column that is left out has its type's empty value."""
        row = {}
        for column, kind in self._kinds[table].items():
            row[column] = codec.decode(kind, wire[column]) if column in wire else codec.default(kind)
        return row

    def _modify(self, table: str, uuid: str, before: Columns, wire: Mapping[str, Any]) -> None:
        kinds, sets = self._kinds[table], self._reference_sets.get(table, ())
        changed = {
            column: codec.apply_difference(kinds[column], before[column], difference)
            for column, difference in wire.items()
        }
        moved = {column: codec.decode(kinds[column], wire[column]) for column in sets if column in wire}
        self._take(Change(table, uuid, before, {**before, **changed}, moved))

    def _replace(self, table: str, uuid: str, before: Columns | None, after: Columns | None) -> None:
        if before == after:
            return
        old, new = before or _EMPTY, after or _EMPTY
        moved = {
            column: entered_or_left
            for column in self._reference_sets.get(table, ())
            if (entered_or_left := old.get(column, _NONE) ^ new.get(column, _NONE))
        }
        self._take(Change(table, uuid, before, after, moved))

    def _take(self, change: Change) -> None:
        self._reindex(change)
        if change.after is None:
            del self._rows[change.table][change.uuid]
        else:
            self._rows[change.table][change.uuid] = change.after
        for listener in self._listeners:
            listener(change)

    def _reindex(self, change: Change) -> None:
        before, after = change.before or _EMPTY, change.after or _EMPTY
        for index, key, item in self._entries(change, before, after):
            index[key].discard(item)
            if not index[key]:
                del index[key]
        for index, key, item in self._entries(change, after, before):
            index[key].add(item)

    def _entries(self, change: Change, row: Columns, other: Columns) -> Iterator[tuple[Index, Any, Any]]:
        """(index, key, item) of what `row` is found by and `other` is not."""
        ids, other_ids = row.get("external_ids", _EMPTY), other.get("external_ids", _EMPTY)
        if ids is not other_ids:
            owner = owner_of(ids)
            if owner is not None and owner != owner_of(other_ids):
                yield self._owned, owner, (change.table, change.uuid)
        name = row.get("name")
        if name is not None and name != other.get("name"):
            yield self._named, (change.table, name), change.uuid
        for column, targets in change.moved.items():
            held = row.get(column, _NONE)
            for target in targets:
                if target in held:
                    yield self._held, (change.table, column, target), change.uuid
