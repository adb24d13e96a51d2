"""Where each gateway is served, by level: a function of its binding in OVN's southbound database.

    Port_Binding.chassis -> the chassis' host name -> northbound.gateway_hosts        bound nowhere -> ""

A failover is one change of a binding for each gateway that moves, at once: they are written together. After each
(re)connect, and when a chassis changed, everything is compared, so that no host depends on having seen one event.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog

from runtime.database import Database, queries
from runtime.errors import Conflict
from southbound.gateways import parse_gateway
from southbound.ovsdb.replica import Change, Columns
from southbound.ovsdb.session import Session

SQL = queries(Path(__file__).parent / "gateway_hosts.sql")
BATCH = 1000
RETRY_S = 0.1

log = structlog.get_logger()


class GatewayHosts:
    """Keeps northbound.gateway_hosts."""

    def __init__(self, database: Database, session: Session) -> None:
        self._database = database
        self._session = session
        self._pending: dict[str, str | None] = {}
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
                log.info("hosts of gateways raced with a request", reason=error.message)
                self._note_reconnect()
                await asyncio.sleep(RETRY_S)

    async def _write(self) -> None:
        await self._session.wait_complete()
        if self._compare_all:
            self._compare_all = False
            self._pending = self._all()
            async with self._database.transaction() as conn:
                await SQL.forget_others(conn, port_ids=list(self._pending))
        while self._pending:
            batch = dict(sorted(self._pending.items())[:BATCH])
            for port_id in batch:
                del self._pending[port_id]
            await self._store(batch)

    def _all(self) -> dict[str, str | None]:
        rows = self._session.replica.rows("Port_Binding").values()
        return {port_id: _chassis(row) for row in rows if (port_id := parse_gateway(row)) is not None}

    async def _store(self, seen: Mapping[str, str | None]) -> None:
        hosts = [self._host(chassis) for chassis in seen.values()]
        async with self._database.transaction() as conn:
            await SQL.update_hosts(conn, port_ids=list(seen), hosts=hosts)

    def _host(self, chassis: str | None) -> str:
        row = self._session.replica.find("Chassis", chassis) if chassis else None
        return str(row["hostname"]) if row is not None else ""

    def _observe(self, change: Change) -> None:
        if not self._session.replica.complete:
            return
        if change.table == "Chassis":
            self._note_reconnect()
        elif change.table == "Port_Binding":
            port_id = parse_gateway(change.after or change.before or {})
            if port_id is not None:
                self._pending[port_id] = _chassis(change.after)
                self._wanted.set()

    def _note_reconnect(self) -> None:
        self._compare_all = True
        self._wanted.set()


def _chassis(row: Columns | None) -> str | None:
    """UUID of the chassis that claims it."""
    return str(row["chassis"]) if row is not None and row["chassis"] else None
