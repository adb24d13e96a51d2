"""The agents of the cloud, watched by the leader: copied into PostgreSQL, asked for a sign of life, taken out.

    every 30 s: nb_cfg + 1 in NB -> northd copies it to SB -> each ovn-controller that lives reaches it and says so

Each step costs one southbound row per chassis: the period is long, and everybody who waits for a step shares it.
Source: ovn-mapping section 15.1.
"""

import asyncio

import structlog

from northbound.agents import store
from northbound.routers import placement
from runtime.database import Database
from southbound.chassis import Agent, parse_agent
from southbound.ovsdb.outcomes import Committed
from southbound.ovsdb.replica import Change
from southbound.ovsdb.session import Session

log = structlog.get_logger()

PERIOD_S = 30.0
GATHER_S = 0.5
"""Signs of life come in a burst, one of each chassis: they are copied together."""
TABLES = ("Chassis", "Chassis_Private", "SB_Global")


class Heartbeat:
    """Asks every agent for a sign of life now and then."""

    def __init__(self, northbound: Session, period_s: float = PERIOD_S) -> None:
        self._northbound = northbound
        self._period_s = period_s

    async def run(self) -> None:
        """Runs until cancelled. A beat that fails is made up for by the next one."""
        while True:
            await self._northbound.wait_complete()
            await self.beat()
            await asyncio.sleep(self._period_s)

    async def beat(self) -> None:
        step = {"op": "mutate", "table": "NB_Global", "where": [], "mutations": [["nb_cfg", "+=", 1]]}
        outcome = await self._northbound.transact([step])
        if not isinstance(outcome, Committed):
            log.info("no heartbeat", outcome=str(outcome))


class AgentCopy:
    """Copies agents at the start, when they change and after each (re)connect, and takes out those that were deleted."""

    def __init__(self, database: Database, southbound: Session) -> None:
        self._database = database
        self._southbound = southbound
        self._wanted = asyncio.Event()
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled."""
        with self._southbound.listening(self._observe, self._wanted.set):
            while True:
                await self._wanted.wait()
                await asyncio.sleep(GATHER_S)
                await self._southbound.wait_complete()
                self._wanted.clear()
                await self._copy()

    async def _copy(self) -> None:
        found, target = self._read()
        async with self._database.transaction() as conn:
            await store.replace_agents(conn, found, target)

    def _read(self) -> tuple[list[Agent], int]:
        replica = self._southbound.replica
        private = {row["name"]: row for row in replica.rows("Chassis_Private").values()}
        found = [parse_agent(row, private.get(row["name"])) for row in replica.rows("Chassis").values()]
        return found, max((row["nb_cfg"] for row in replica.rows("SB_Global").values()), default=0)

    def _observe(self, change: Change) -> None:
        if change.table in TABLES:
            self._wanted.set()


class AgentRemoval:
    """Takes agents that were deleted out of the southbound database."""

    def __init__(self, database: Database, southbound: Session, period_s: float = 1.0) -> None:
        self._database = database
        self._southbound = southbound
        self._period_s = period_s

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await self._southbound.wait_complete()
            async with self._database.connection() as conn:
                names = await store.removals(conn)
            if names and await self._remove(names):
                async with self._database.transaction() as conn:
                    await store.forget_removals(conn, names)
                    await placement.forget(conn, names)
            await asyncio.sleep(self._period_s)

    async def _remove(self, names: list[str]) -> bool:
        """True when OVN no longer has any of them."""
        operations = [
            {"op": "delete", "table": table, "where": [["name", "==", name]]}
            for name in names
            for table in ("Chassis", "Chassis_Private")
        ]
        return isinstance(await self._southbound.transact(operations), Committed)
