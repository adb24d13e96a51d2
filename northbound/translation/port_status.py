"""A port's status: a function of its switch port as OVN shows it.

    Logical_Switch_Port.up and enabled -> ACTIVE, anything else (no such row included) -> DOWN

northd sets `up` when the port's chassis has installed its flows, and at once for a router's port.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path

from northbound.translation.desired import split_owner
from runtime.database import Database, queries
from southbound.ovsdb.replica import Columns
from southbound.ovsdb.rows import owner_of

SQL = queries(Path(__file__).parent / "port_status.sql")


def status_of(row: Columns) -> str:
    """ACTIVE or DOWN. Source: ovn-nb(5), Logical_Switch_Port up and enabled."""
    return "ACTIVE" if row["up"] and row["enabled"] is not False else "DOWN"


class PortStatus:
    """The level that is kept in northbound.ports.status; `wake` is called after every write, which may have left marks."""

    table = "Logical_Switch_Port"
    also = frozenset()
    absent = "DOWN"

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake

    def read(self, row: Columns) -> tuple[str, str] | None:
        """The API port's id and its status; None for a row that is no port's of ours, a localnet port for instance."""
        kind, owner_id = split_owner(owner_of(row["external_ids"]) or "/")
        return (owner_id, status_of(row)) if kind == "port" else None

    async def forget_others(self, keys: Collection[str]) -> None:
        await self._write(SQL.update_other_statuses, ids=list(keys), status=self.absent)

    async def store(self, seen: Mapping[str, str]) -> None:
        await self._write(SQL.update_statuses, ids=list(seen), statuses=list(seen.values()))

    async def _write(self, statement: Callable[..., Awaitable[object]], **values: Sequence[str] | str) -> None:
        async with self._database.transaction() as conn:
            await statement(conn, **values)
        self._wake()
