"""What a group of changes does to OVN's northbound database, by table and row: pure, for people and programs.

    {"Port_Group": {"inserted": [], "changed": [{"uuid": ..., "owner": ..., "columns": {...}}], "deleted": []}}

A changed column has `before` and `after`, a map only the keys that differ (None: absent); a set of references, which may
be large, has what is `added` to it and `removed` from it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from southbound.ovsdb.difference import Changes, SetChange, SetKey
from southbound.ovsdb.replica import Columns, Replica, RowKey
from southbound.ovsdb.rows import Value, owner_of, readable

Tables = dict[str, dict[str, list[dict[str, Any]]]]


def describe(changes: Collection[Changes], replica: Replica) -> Tables:
    """The changes by table; empty when there are none."""
    tables: Tables = defaultdict(lambda: {"inserted": [], "changed": [], "deleted": []})
    ended = dict(_ended(changes, replica))
    sets = _merged_sets(changes)
    for table, uuid in ended:
        _leave_sets(table, uuid, sets, replica)
    begun = {key for change in changes for key in change.inserts}
    for change in changes:
        for (table, uuid), columns in change.inserts.items():
            held = {column: sorted(moved.add) for (*holder, column), moved in sets.items() if holder == [table, uuid]}
            _note(tables, table, "inserted", uuid, change.owner, _plain(columns) | held)
    for (table, uuid), columns in _altered(changes, sets, replica).items():
        if (table, uuid) not in ended and (table, uuid) not in begun:
            owner = owner_of((replica.find(table, uuid) or {}).get("external_ids", {}))
            _note(tables, table, "changed", uuid, owner, columns)
    for (table, uuid), owner in ended.items():
        _note(tables, table, "deleted", uuid, owner, _plain(replica.find(table, uuid) or {}))
    return dict(tables)


def _note(tables: Tables, table: str, fate: str, uuid: str, owner: str | None, columns: dict[str, Any]) -> None:
    tables[table][fate].append({"uuid": uuid, "owner": owner, "columns": columns})


def _ended(changes: Iterable[Changes], replica: Replica) -> Iterator[tuple[RowKey, str]]:
    """Rows that end: those deleted, with those that cannot leave them, and those that leave the set which kept them alive
    and enter no other."""
    for change in changes:
        for key in change.deletes:
            yield key, change.owner
            yield from ((child, change.owner) for child in _bound_to(*key, replica))
        kept = {uuid for held in change.sets.values() for uuid in held.add}
        for (table, _, column), held in change.sets.items():
            kind = replica.schema.column(table, column)
            if kind.ref_table and kind.strong and not replica.schema.tables[kind.ref_table].is_root:
                yield from (((kind.ref_table, uuid), change.owner) for uuid in held.remove - kept)


def _bound_to(table: str, uuid: str, replica: Replica) -> Iterator[RowKey]:
    """Rows that the row's sets hold which cannot be empty, such as the bands of a meter."""
    for column, value in (replica.find(table, uuid) or {}).items():
        kind = replica.schema.column(table, column)
        if kind.is_set and kind.strong and kind.minimum and not replica.schema.tables[kind.ref_table].is_root:
            yield from ((kind.ref_table, child) for child in sorted(value))


def _merged_sets(changes: Iterable[Changes]) -> dict[SetKey, SetChange]:
    sets: dict[SetKey, SetChange] = defaultdict(SetChange)
    for change in changes:
        for key, held in change.sets.items():
            sets[key].add |= held.add
            sets[key].remove |= held.remove
    return sets


def _leave_sets(table: str, uuid: str, sets: dict[SetKey, SetChange], replica: Replica) -> None:
    """A row that ends leaves every set: the weak ones are emptied by the database itself."""
    for holder_table, column in replica.reference_columns(table):
        for holder in replica.holders(holder_table, column, uuid):
            sets[holder_table, holder, column].remove.add(uuid)


def _altered(
    changes: Iterable[Changes], sets: Mapping[SetKey, SetChange], replica: Replica
) -> dict[RowKey, dict[str, Any]]:
    """By row what its columns were and become."""
    altered: dict[RowKey, dict[str, Any]] = defaultdict(dict)
    for change in changes:
        for (table, uuid), columns in change.updates.items():
            observed = replica.find(table, uuid) or {}
            for column, value in columns.items():
                altered[table, uuid][column] = _before_after(observed.get(column), value)
    for (table, uuid, column), held in sets.items():
        altered[table, uuid][column] = {"added": sorted(held.add), "removed": sorted(held.remove)}
    return altered


def _before_after(before: Value, after: Value) -> dict[str, Any]:
    if isinstance(after, Mapping):
        before = {key: (before or {}).get(key) for key in after}
    return {"before": readable(before), "after": readable(after)}


def _plain(columns: Columns) -> dict[str, Any]:
    return {name: readable(value) for name, value in sorted(columns.items())}
