"""Marks, and the owners that they name, read by one statement: all that the leader reads for the commonest writes.

One statement is one snapshot, as the transaction is that reads owners kind by kind (`desired.read_desired`); it takes one
round trip to PostgreSQL where that takes five, and a port or a rule that is written waits for each of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from northbound.translation import marks
from northbound.translation.desired import Desired, OwnerKind, plan_owners, split_owner
from northbound.translation.marks import Mark
from runtime.database import Connection, rows_as_json

IDS = "$1::uuid[]"


class MarkedOwners:
    """Reads marks with those of their owners that one statement can read (`OwnerKind.at_once`)."""

    def __init__(self, kinds: Sequence[OwnerKind]) -> None:
        self._kinds = {kind.name: kind for kind in kinds if kind.at_once is not None}
        self._counts = {name: len(kind.at_once.selects(())) for name, kind in self._kinds.items()}
        taken, _ = marks.select_marks(0, ())
        columns = [rows_as_json("SELECT * FROM taken ORDER BY number"), *self._columns()]
        self._sql = f"WITH taken AS MATERIALIZED ({taken}) SELECT {', '.join(columns)}"

    def _columns(self) -> Iterator[str]:
        for kind in self._kinds.values():
            marked = f"ARRAY(SELECT owner_id::uuid FROM taken WHERE owner_kind = '{kind.name}')"
            for text, values in kind.at_once.selects(()):
                asked = text.replace(IDS, marked)
                if len(values) != 1 or "$" in asked:
                    raise ValueError(f"a statement about {kind.name} asks for more than ids: {text}")
                yield rows_as_json(asked)

    async def read(self, conn: Connection, limit: int, besides: Sequence[Mark]) -> tuple[list[Mark], Desired] | None:
        """Marks as `marks.take` takes them, and what their owners should have; None when more must be read for that."""
        if not self._kinds:
            return None
        _, values = marks.select_marks(limit, besides)
        rows, *found = await conn.fetchrow(self._sql, *values)
        taken = [marks.mark_of(row) for row in rows]
        ids: Mapping[str, dict[str, None]] = defaultdict(dict)
        for mark in taken:
            kind, owner_id = split_owner(mark.owner)
            ids[kind][owner_id] = None
        if not ids.keys() <= self._kinds.keys():
            return None
        desired = Desired()
        for kind in self._kinds.values():
            count = self._counts[kind.name]
            own, found = found[:count], found[count:]
            if kind.name not in ids:
                continue
            resources = kind.at_once.resources(own)
            if resources is None:
                return None
            plan_owners(kind, ids[kind.name], resources, desired)
        return taken, desired
