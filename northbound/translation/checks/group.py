"""The rows that are planned together, and what is in OVN around them: what checks look at."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

from southbound.ovsdb.replica import Columns, Replica, RowKey
from southbound.ovsdb.rows import Row, owner_of

Wanted = Mapping[str, Sequence[Row]]

API_ID = re.compile(r"[0-9a-f]{8}(?:_[0-9a-f]{4}){3}_[0-9a-f]{12}")
SET_OF_GROUP = re.compile(r"(.+)_ip[46]")
SET_OWNERS = ("security_group", "network", "address_group")
"""Kinds of owners whose rows matches name."""


class Group:
    """The rows that are planned together, and what is in OVN around them."""

    def __init__(self, wanted: Wanted, replica: Replica, coming: Container[str]) -> None:
        self.wanted = wanted
        self.replica = replica
        self.coming = coming
        self.planned: dict[RowKey, Row] = {}
        self.again: set[RowKey] = set()
        self._named: dict[tuple[str, Any], set[str]] = defaultdict(set)
        self.placed: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._references: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[tuple[str, str], bool] = {}
        for rows in wanted.values():
            for row in rows:
                self._add(row)

    def _add(self, row: Row) -> None:
        key = (row.table, row.uuid)
        if key in self.planned:
            self.again.add(key)
        self.planned[key] = row
        if "name" in row.columns:
            self._named[row.table, row.columns["name"]].add(row.uuid)
        for address in own_addresses(row):
            self.placed[row.inside[1], address].add(row.uuid)

    def find(self, table: str, uuid: str) -> Columns | None:
        """The row's columns as planned, else as they are in OVN."""
        row = self.planned.get((table, uuid))
        return self.replica.find(table, uuid) if row is None else row.columns

    def references(self, table: str) -> list[tuple[str, str]]:
        """(column, table that it names rows of), of tables that are kept in memory."""
        found = self._references.get(table)
        if found is None:
            known = self.replica.schema.tables.get(table)
            targets = {column: kind.ref_table for column, kind in known.columns.items()} if known else {}
            found = [(column, target) for column, target in targets.items() if target in self.replica.registered]
            self._references[table] = found
        return found

    def is_known(self, kind: str, name: str) -> bool:
        """Whether a match may name it: looked up once, though all rules of a group name the group."""
        known = self._known.get((kind, name))
        if known is None:
            known = self._known[kind, name] = self._look_up(kind, name)
        return known

    def _look_up(self, kind: str, name: str) -> bool:
        if kind == "$":
            of_group = SET_OF_GROUP.fullmatch(name)
            if self.named("Address_Set", name) or (of_group and self.named("Port_Group", of_group[1])):
                return True
        elif self.named("Port_Group", name):
            return True
        found = API_ID.search(name)
        return found is not None and any(
            f"{owner_kind}/{found[0].replace('_', '-')}" in self.coming for owner_kind in SET_OWNERS
        )

    def named(self, table: str, name: Any) -> set[str]:
        """UUIDs of the rows of that name, planned or in OVN and not about to go or to be called otherwise."""
        found = set(self._named.get((table, name), ()))
        for uuid in self.replica.uuids_named(table, name):
            owner = owner_of((self.replica.find(table, uuid) or {}).get("external_ids", {}))
            if (table, uuid) not in self.planned and owner not in self.wanted:
                found.add(uuid)
        return found


Check = Callable[[Row, Group], Iterator[str]]
"""Says what is wrong with a row, if anything is."""


def own_addresses(row: Row) -> list[str]:
    """The MAC and the IP addresses that a planned switch port itself has; not those that it may share by pairs."""
    if row.table != "Logical_Switch_Port" or row.inside is None:
        return []
    first = next(iter(row.columns.get("addresses") or ()), "")
    parts = str(first).split()
    return parts if ":" in first.partition(" ")[0] else []
