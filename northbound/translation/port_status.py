"""A port's status, by level: a function of its switch port as OVN shows it, evaluated again on every change.

    Logical_Switch_Port.up and enabled -> ACTIVE, anything else (no such row included) -> DOWN

northd sets `up` when the port's chassis has installed its flows, and at once for a router's port. After each
(re)connect all ports are compared, so that no status depends on having seen one event.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog

from northbound.translation.desired import split_owner
from runtime.database import Database, queries
from runtime.errors import Conflict
from southbound.ovsdb.replica import Change, Columns
from southbound.ovsdb.rows import owner_of
from southbound.ovsdb.session import Session

SQL = queries(Path(__file__).parent / "port_status.sql")
BATCH = 1000
RETRY_S = 0.1

log = structlog.get_logger()


def status_of(row: Columns | None) -> str:
    """ACTIVE or DOWN. Source: ovn-nb(5), Logical_Switch_Port up and enabled."""
    return "ACTIVE" if row is not None and row["up"] and row["enabled"] is not False else "DOWN"


class PortStatus:
    """Keeps northbound.ports.status; `wake` is called after every write, which may have left marks."""

    def __init__(self, database: Database, session: Session, wake: Callable[[], None]) -> None:
        self._database = database
        self._session = session
        self._wake = wake
        self._pending: dict[str, str] = {}
        self._compare_all = True
        self._wanted = asyncio.Event()
        session.replica.listen(self._observe)
        session.listen_complete(self._note_reconnect)

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._write()
            except Conflict as error:
                log.info("port status raced with a request", reason=error.message)
                self._note_reconnect()
                await asyncio.sleep(RETRY_S)

    async def _write(self) -> None:
        await self._session.wait_complete()
        if self._compare_all:
            self._compare_all = False
            self._pending.clear()
            await self._store(SQL.update_all_statuses, active=sorted(self._active_ports()))
        while self._pending:
            batch = sorted(self._pending.items())[:BATCH]
            for port_id, _ in batch:
                del self._pending[port_id]
            ids, statuses = [port_id for port_id, _ in batch], [status for _, status in batch]
            await self._store(SQL.update_statuses, ids=ids, statuses=statuses)

    async def _store(self, statement: Callable[..., Awaitable[object]], **values: Sequence[str]) -> None:
        async with self._database.transaction() as conn:
            await statement(conn, **values)
        self._wake()

    def _active_ports(self) -> set[str]:
        rows = self._session.replica.rows("Logical_Switch_Port").values()
        return {port_id for row in rows if (port_id := _port_id(row)) and status_of(row) == "ACTIVE"}

    def _observe(self, change: Change) -> None:
        if change.table != "Logical_Switch_Port" or not self._session.replica.complete:
            return
        port_id = _port_id(change.after or change.before or {})
        if port_id is not None and status_of(change.before) != status_of(change.after):
            self._pending[port_id] = status_of(change.after)
            self._wanted.set()

    def _note_reconnect(self) -> None:
        self._compare_all = True
        self._wanted.set()


def _port_id(row: Columns) -> str | None:
    """The API port of a switch port of ours; None for any other, a localnet port for instance."""
    kind, owner_id = split_owner(owner_of(row.get("external_ids", {})) or "/")
    return owner_id if kind == "port" else None
