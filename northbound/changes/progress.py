"""The leader's part: changes that somebody asked about are followed through northd to the chassis.

    asked and committed -> one nb_cfg for all of them -> northd's sb_cfg, each chassis' nb_cfg have come to it -> written down

Levels, not edges: what was missed while nobody led, or while a connection was away, is seen at the next look. Raising nb_cfg
makes every ovn-controller write, so that it is done only for who asks, and once for all who ask at the same time.
Source: ovn-nb(5) NB_Global, ovn-sb(5) Chassis_Private.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import structlog

from northbound.changes import store
from northbound.changes.change import Level, Pending
from northbound.translation import fence
from northbound.translation.leadership import Reign
from runtime.database import Database
from southbound.ovsdb.outcomes import Committed
from southbound.ovsdb.replica import Change
from southbound.ovsdb.session import Session

WATCHED = frozenset({"NB_Global", "Chassis_Private"})
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
KEPT_S, PRUNED_EVERY_S = 3600.0, 60.0

log = structlog.get_logger()


class Progress:
    """Follows changes for as long as `run` runs."""

    def __init__(self, database: Database, northbound: Session, southbound: Session, reign: Reign) -> None:
        self._database = database
        self._northbound = northbound
        self._southbound = southbound
        self._reign = reign
        self._wanted = asyncio.Event()
        self._pruned_at = -PRUNED_EVERY_S

    def wake(self) -> None:
        """Somebody asked."""
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled: at once when something happens, and now and then while something is pending."""
        with (
            self._northbound.listening(self._observe, self._wanted.set),
            self._southbound.listening(self._observe, self._wanted.set),
        ):
            await self._follow()

    async def _follow(self) -> None:
        pause_s = SHORTEST_PAUSE_S
        while True:
            self._wanted.clear()
            pending, moved = await self._look()
            pause_s = SHORTEST_PAUSE_S if moved else min(pause_s * 2, LONGEST_PAUSE_S)
            await self._prune()
            try:
                async with asyncio.timeout(pause_s if pending else PRUNED_EVERY_S):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _look(self) -> tuple[bool, bool]:
        """(whether something is left to be followed, whether anything got further)"""
        async with self._database.connection() as conn:
            pending = await store.select_pending(conn)
        if not pending:
            return False, False
        await self._northbound.wait_complete()
        await self._southbound.wait_complete()
        numbered = await self._number(pending)
        moved = [after for before in pending if (after := self._advanced(before)) != before]
        if moved:
            async with self._database.transaction() as conn:
                await store.advance(conn, moved)
        return not all(change.is_finished for change in map(self._advanced, pending)), numbered or bool(moved)

    async def _number(self, pending: Sequence[Pending]) -> bool:
        """One new nb_cfg for all that have none; those whose number OVN forgot, being older than it was, get another."""
        current = self._levels()[0]
        lost = [change for change in pending if change.nb_cfg is not None and change.nb_cfg > current]
        fresh = [change for change in pending if change.nb_cfg is None and change.committed_at is not None] + lost
        if not fresh:
            return False
        outcome = await self._northbound.transact(
            [
                fence.guard(self._reign.term),
                {"op": "mutate", "table": "NB_Global", "where": [], "mutations": [["nb_cfg", "+=", 1]]},
            ]
        )
        if not isinstance(outcome, Committed):
            log.info("nb_cfg not raised", outcome=outcome)
            return False
        async with self._database.transaction() as conn:
            await store.number(conn, fresh, self._levels()[0])
        return True

    def _advanced(self, change: Pending) -> Pending:
        _, northd, chassis = self._levels()
        return change.advanced(northd, chassis, datetime.now(UTC))

    def _levels(self) -> tuple[int, Level, Mapping[str, Level]]:
        """(the nb_cfg of now, how far northd is, how far each chassis is)"""
        rows = list(self._northbound.replica.rows("NB_Global").values())
        current, northd = 0, Level(0)
        if rows:
            current, northd = rows[0]["nb_cfg"], Level(rows[0]["sb_cfg"], rows[0]["sb_cfg_timestamp"])
        chassis = self._southbound.replica.rows("Chassis_Private").values()
        return current, northd, {row["name"]: Level(row["nb_cfg"], row["nb_cfg_timestamp"]) for row in chassis}

    async def _prune(self) -> None:
        if time.monotonic() - self._pruned_at >= PRUNED_EVERY_S:
            self._pruned_at = time.monotonic()
            async with self._database.connection() as conn:
                await store.prune(conn, KEPT_S)

    def _observe(self, change: Change) -> None:
        if change.table in WATCHED:
            self._wanted.set()
