"""A member's health, by level: a function of its service monitor as OVN's southbound database shows it.

    Service_Monitor.status -> northbound.members.health        no such row, or nothing said in it -> NULL

One service may be a member of several pools: all of them get what is found. After each (re)connect everything is
compared, so that no health depends on having seen one event.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog

from runtime.database import Database, queries
from runtime.errors import Conflict
from southbound.ovsdb.replica import Change
from southbound.ovsdb.session import Session
from southbound.service_monitors import Backend, parse_backend, parse_health

SQL = queries(Path(__file__).parent / "member_health.sql")
BATCH = 1000
RETRY_S = 0.1

log = structlog.get_logger()


class MemberHealth:
    """Keeps northbound.members.health."""

    def __init__(self, database: Database, session: Session) -> None:
        self._database = database
        self._session = session
        self._pending: dict[Backend, str | None] = {}
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
                log.info("member health raced with a request", reason=error.message)
                self._note_reconnect()
                await asyncio.sleep(RETRY_S)

    async def _write(self) -> None:
        await self._session.wait_complete()
        if self._compare_all:
            self._compare_all = False
            self._pending = self._all()
            await self._forget_others()
        while self._pending:
            batch = dict(sorted(self._pending.items(), key=lambda item: item[0])[:BATCH])
            for backend in batch:
                del self._pending[backend]
            await self._store(batch)

    def _all(self) -> dict[Backend, str | None]:
        return {parse_backend(row): parse_health(row) for row in self._session.replica.rows("Service_Monitor").values()}

    async def _forget_others(self) -> None:
        async with self._database.transaction() as conn:
            await SQL.forget_health(conn, **_columns(self._pending))

    async def _store(self, seen: Mapping[Backend, str | None]) -> None:
        async with self._database.transaction() as conn:
            await SQL.update_health(conn, **_columns(seen), healths=list(seen.values()))

    def _observe(self, change: Change) -> None:
        if change.table != "Service_Monitor" or not self._session.replica.complete:
            return
        if change.before is not None:
            self._pending[parse_backend(change.before)] = None
        if change.after is not None:
            self._pending[parse_backend(change.after)] = parse_health(change.after)
        self._wanted.set()

    def _note_reconnect(self) -> None:
        self._compare_all = True
        self._wanted.set()


def _columns(seen: Mapping[Backend, str | None]) -> dict[str, list[str] | list[int]]:
    return {
        "port_ids": [backend.port_id for backend in seen],
        "addresses": [backend.address for backend in seen],
        "protocols": [backend.protocol for backend in seen],
        "ports": [backend.port for backend in seen],
    }
