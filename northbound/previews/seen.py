"""What of a preview its caller may see: administrators all of it, a tenant the rows of what its project owns.

A tenant's change may touch rows of others (the ports of a shared network) and rows that tell about the cloud's hosts and
wires; of those it learns the number alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from northbound.previews.difference import Tables
from northbound.translation.desired import OwnerKind, split_owner
from runtime.database import Connection
from southbound import external_ids

WIRING = {
    "external_ids": {
        external_ids.PROVIDER_PHYSICAL_NETWORK,
        external_ids.PROVIDER_NETWORK_TYPE,
        external_ids.HOST_ID,
    },
    "options": {"requested-chassis", "network_name"},
}
"""Keys of maps that tell where something is."""
WIRING_TABLES = frozenset({"Gateway_Chassis", "HA_Chassis", "HA_Chassis_Group"})


class Sight:
    """`reach` is the caller's (`Caller.reach`). Learn the owners before and after the change: one may be gone."""

    def __init__(self, reach: str | None) -> None:
        self._reach = reach
        self._projects: dict[str, str | None] = {}

    async def learn(self, conn: Connection, owners: Iterable[str], kinds: Sequence[OwnerKind]) -> None:
        """Reads whose the owners are, those that exist now."""
        if self._reach is None:
            return
        ids_by_kind: Mapping[str, list[str]] = defaultdict(list)
        for owner in owners:
            kind, owner_id = split_owner(owner)
            ids_by_kind[kind].append(owner_id)
        for kind in kinds:
            if ids := ids_by_kind[kind.name]:
                query = (
                    "SELECT t.id::text AS id, to_jsonb(t) ->> 'project_id' AS project_id"
                    f" FROM {kind.table} t WHERE id = ANY($1::uuid[])"
                )
                for row in await conn.fetch(query, ids):
                    self._projects[f"{kind.name}/{row['id']}"] = row["project_id"]

    def is_own(self, project_id: str | None) -> bool:
        return self._reach is None or (project_id is not None and project_id == self._reach)

    def sees(self, owner: str | None) -> bool:
        return self._reach is None or (owner is not None and self.is_own(self._projects.get(owner)))

    def filter(self, tables: Tables) -> tuple[Tables, int]:
        """(what may be seen, how many rows may not)."""
        if self._reach is None:
            return tables, 0
        seen: Tables = {}
        hidden = 0
        for table, fates in tables.items():
            for fate, rows in fates.items():
                shown = [self._without_wiring(row) for row in rows if self._may_show(table, row)]
                hidden += len(rows) - len(shown)
                if shown:
                    seen.setdefault(table, {"inserted": [], "changed": [], "deleted": []})[fate] = shown
        return seen, hidden

    def _may_show(self, table: str, row: Mapping[str, Any]) -> bool:
        localnet = row["columns"].get("type") == "localnet"
        return table not in WIRING_TABLES and not localnet and self.sees(row["owner"])

    def _without_wiring(self, row: dict[str, Any]) -> dict[str, Any]:
        columns = {name: _without(value, WIRING.get(name, frozenset())) for name, value in row["columns"].items()}
        return {**row, "columns": columns}


def _without(value: Any, keys: Iterable[str]) -> Any:
    """The column without these keys, in either form: the map itself, or its `before` and `after`."""
    if not keys or not isinstance(value, Mapping):
        return value
    if value.keys() == {"before", "after"}:
        return {side: _without(part, keys) for side, part in value.items()}
    return {key: item for key, item in value.items() if key not in keys}
