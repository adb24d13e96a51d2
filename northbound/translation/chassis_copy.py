"""Follows the hypervisors for the leader: copies them into PostgreSQL, and places gateways where one comes or goes.

A gateway is planned again when a chassis of its list changed, or its list did. What is copied and what is placed are
compared as a whole each time: whoever leads next finishes what was left.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from northbound.agents.store import silent_agents
from northbound.routers import placement
from northbound.translation import marks
from northbound.translation.chassis import SQL, replace_chassis
from runtime.database import Connection, Database
from southbound.chassis import parse_chassis
from southbound.ovsdb.replica import Change
from southbound.ovsdb.session import Session

PERIOD_S = 5.0
"""How often it is asked who fell silent, which no change of the southbound database tells."""
PLACING_PERIOD_S = 60.0
"""How often all gateways are looked at though no chassis changed."""
RETRY_S = 0.1


class ChassisCopy:
    """Keeps northbound.chassis and the places of gateways; `wake` is called when it left marks."""

    def __init__(self, database: Database, session: Session, wake: Callable[[], None]) -> None:
        self._database = database
        self._session = session
        self._wake = wake
        self._wanted = asyncio.Event()
        self._place_at = 0.0
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled."""
        with self._session.listening(self._observe, self._wanted.set):
            await self._follow()

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD_S):
                    await self._wanted.wait()
            await self._session.wait_complete()
            self._wanted.clear()
            if await self._copy() or loop.time() >= self._place_at:
                await self._place()
                self._place_at = loop.time() + PLACING_PERIOD_S

    async def _copy(self) -> bool:
        """Whether anything about the chassis changed."""
        async with self._database.transaction() as conn:
            silent = await silent_agents(conn)
            seen = [parse_chassis(row) for row in self._session.replica.rows("Chassis").values()]
            found = [replace(chassis, is_alive=chassis.name not in silent) for chassis in seen]
            changed = await replace_chassis(conn, found)
            if changed:
                await _mark(conn, changed)
        if changed:
            self._wake()
        return bool(changed)

    async def _place(self) -> None:
        finished = False
        while not finished:
            async with self._database.transaction() as conn:
                finished = await placement.place_all(conn)
            self._wake()
            if not finished:
                await asyncio.sleep(RETRY_S)

    def _observe(self, change: Change) -> None:
        if change.table == "Chassis":
            self._wanted.set()


async def _mark(conn: Connection, changed: Collection[str]) -> None:
    found = [row async for row in SQL.gateways_on(conn, names=sorted(changed))]
    await marks.mark(conn, "port", *(row["port_id"] for row in found))
    await marks.mark(conn, "router", *sorted({row["router_id"] for row in found}))
    await marks.mark_all(conn, "external_ports", "northbound.networks_of_external_ports")
