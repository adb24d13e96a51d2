"""The leader's one loop: whatever may differ between PostgreSQL and OVN is planned, compared and written here.

    marks (somebody wrote) ----+
    drift (somebody else wrote)+--> owners -> one snapshot of PostgreSQL -> plans -> difference -> one transaction
    resync (we reconnected) ---+        -> marks cleared, waiters told, bad owners quarantined, drift recorded
    retries (quarantine due) --+

Owners are taken in groups of about GROUP; while a group is in flight the next one gathers. Nothing is deleted unless the
replica is complete, and nothing is written unless OVN still carries our term.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from northbound.translation import check, drift, fence, marks
from northbound.translation.desired import (
    Desired,
    OwnerKind,
    all_owners,
    in_order,
    read_desired,
)
from northbound.translation.drift import Drift
from northbound.translation.handover import hand_over
from northbound.translation.leadership import LeadershipLost, Reign
from northbound.translation.marked import MarkedOwners
from northbound.translation.marks import Mark
from northbound.translation.quarantine import Quarantine
from northbound.translation.statistics import Statistics
from runtime.crashpoints import crash_point
from runtime.database import Database
from southbound.ovsdb.apply import Applied, GuardFailed, Interrupted, apply
from southbound.ovsdb.replica import Change
from southbound.ovsdb.rows import Row
from southbound.ovsdb.session import Session

log = structlog.get_logger()

GROUP = 100
PERIOD_S = 1.0
PAUSE_S = 0.1
DRIFTS_PER_OWNER = 20
CAUSES_PER_COMMENT = 10

Outcomes = Mapping[int, bool]


class Reconcile:
    """The loop of one reign. `tell` is called with the outcome of each revision that was dealt with."""

    def __init__(
        self,
        database: Database,
        session: Session,
        reign: Reign,
        kinds: Sequence[OwnerKind],
        tell: Callable[[Outcomes], None],
        statistics: Statistics,
    ) -> None:
        self.quarantine = Quarantine()
        self._statistics = statistics
        self._database = database
        self._session = session
        self._reign = reign
        self._kinds = kinds
        self._marked = MarkedOwners(kinds)
        self._tell = tell
        self._suspects: dict[str, list[Drift]] = {}
        self._in_flight: frozenset[str] = frozenset()
        self._done: Sequence[Mark] = ()
        self._clearing: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._reconnected = True

    def wake(self) -> None:
        """There are new marks."""
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled. Raises LeadershipLost when OVN no longer takes our term."""
        async with self._database.transaction() as conn:
            await self.quarantine.restart(conn)
        try:
            with self._session.listening(self._observe, self._note_reconnect):
                await self._serve()
        finally:
            if self._clearing is not None:
                self._clearing.cancel()

    async def _serve(self) -> None:
        while True:
            await self._session.wait_complete()
            try:
                await self._serve_connection()
            except Interrupted as error:
                log.info("translation interrupted", reason=str(error))
                await asyncio.sleep(PAUSE_S)
            except GuardFailed as error:
                raise LeadershipLost("OVN no longer carries our term") from error

    async def _serve_connection(self) -> None:
        """Claims the database, compares everything, then follows marks and drift until the connection is another."""
        self._reconnected = False
        await self._claim()
        await hand_over(self._session, fence.guard(self._reign.term))
        await self._suspect_everyone()
        while not self._reconnected:
            self._wanted.clear()
            if not await self._step():
                await self._rest()

    async def _claim(self) -> None:
        try:
            await fence.claim(self._session, self._reign.term)
        except fence.Superseded as superseded:
            await self._reign.raise_above(superseded.term)
            await fence.claim(self._session, self._reign.term)

    async def _suspect_everyone(self) -> None:
        """Every owner that exists, and every owner that has rows: what is left of a deleted one goes."""
        owners = set(self._session.replica.owners())
        async with self._database.snapshot() as conn:
            async for page in all_owners(conn, self._kinds):
                owners.update(page)
        self._suspects = {owner: self._suspects.get(owner, []) for owner in in_order(owners, self._kinds)}

    async def _step(self) -> bool:
        """Deals with the oldest marks, and with suspects as far as there is room; whether there may be more of either."""
        now = asyncio.get_running_loop().time()
        for owner in self.quarantine.due(now):
            self._suspects.setdefault(owner, [])
        taken, owners, drifts, desired = await self._read()
        if not taken and not owners:
            return False
        _pass_by("before_apply", taken)
        applied = await self._apply(owners, desired, comment_on(taken))
        _pass_by("after_apply", taken)
        self._tell(outcomes_of(taken, applied.quarantined))
        await self._clear(taken)
        await self._write_down(owners, applied, drifts)
        return len(taken) >= GROUP or bool(self._suspects)

    async def _read(self) -> tuple[list[Mark], list[str], list[Drift], Desired]:
        """The marks of this step, its owners, what was seen of them, and their desired rows."""
        if not self._suspects:
            async with self._database.connection() as conn:
                found = await self._marked.read(conn, GROUP, self._done)
            if found is not None:
                taken, desired = found
                return taken, in_order({mark.owner for mark in taken}, self._kinds), [], desired
        async with self._database.snapshot() as conn:
            taken = await marks.take(conn, GROUP, besides=self._done)
            owners, drifts = self._choose(taken)
            return taken, owners, drifts, await read_desired(conn, owners, self._kinds)

    async def _clear(self, taken: Sequence[Mark]) -> None:
        """Clears marks while the next step already reads; waits for the clearing before."""
        if self._clearing is not None:
            await self._clearing
        self._done = taken
        self._clearing = asyncio.create_task(self._clear_now(taken)) if taken else None

    async def _clear_now(self, taken: Sequence[Mark]) -> None:
        async with self._database.connection() as conn:
            await marks.clear(conn, taken)
        _pass_by("after_clear", taken)

    def _choose(self, taken: Sequence[Mark]) -> tuple[list[str], list[Drift]]:
        """The owners of this step, parents first, and what was seen of those that nobody marked."""
        marked = {mark.owner for mark in taken}
        room = max(GROUP - len(marked), 0)
        suspects = [owner for owner in self._suspects if owner not in marked][:room]
        drifts = [drift for owner in suspects for drift in self._suspects.pop(owner)]
        for owner in marked:
            self._suspects.pop(owner, None)
        return in_order([*marked, *suspects], self._kinds), drifts

    async def _apply(self, owners: Sequence[str], desired: Desired, comment: str) -> Applied:
        """Applies the planned owners in groups; the result is of all of them."""
        whole = Applied(quarantined=dict(desired.unplanned))
        planned = [owner for owner in owners if owner in desired.rows]
        for start in range(0, len(planned), GROUP):
            group = self._sound({owner: desired.rows[owner] for owner in planned[start : start + GROUP]}, whole)
            self._in_flight = frozenset(group)
            try:
                guard = fence.guard(self._reign.term)
                applied = await apply(self._session, group, guard=guard, comment=comment)
            finally:
                self._in_flight = frozenset()
            self._statistics.transactions += 1
            self._statistics.owners += len(group)
            whole.changed |= applied.changed
            whole.quarantined |= applied.quarantined
            for owner in applied.unsettled:
                whole.quarantined.setdefault(owner, "somebody else changed its rows at the same time")
        return whole

    def _sound(self, group: Mapping[str, Sequence[Row]], whole: Applied) -> dict[str, Sequence[Row]]:
        """Those of the group whose plan breaks no invariant; the others are noted in `whole`."""
        broken = check.violations(group, self._session.replica, coming=self._suspects)
        whole.quarantined |= broken
        return {owner: rows for owner, rows in group.items() if owner not in broken}

    async def _write_down(self, owners: Sequence[str], applied: Applied, drifts: Sequence[Drift]) -> None:
        """Keeps the record of what could not be written and of what was repaired."""
        repaired = [drift for drift in drifts if drift.owner in applied.changed]
        if not (repaired or applied.quarantined or self.quarantine):
            return
        self._statistics.repairs += len({drift.owner for drift in repaired})
        async with self._database.transaction() as conn:
            await self.quarantine.update(conn, owners, applied.quarantined, asyncio.get_running_loop().time())
            await drift.record(conn, repaired)
        if applied.quarantined:
            log.warning("owners in quarantine", reasons=applied.quarantined)
        if repaired:
            log.warning("drift repaired", owners=sorted({drift.owner for drift in repaired}))

    async def _rest(self) -> None:
        """Returns when there may be something to do; raises what went wrong with a clearing."""
        due_s = self.quarantine.next_due_s()
        timeout_s = PERIOD_S if due_s is None else min(PERIOD_S, due_s - asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(max(timeout_s, 0)):
                await self._wanted.wait()
        except TimeoutError:
            pass
        if self._clearing is not None and self._clearing.done():
            await self._clear(())

    def _observe(self, change: Change) -> None:
        """Takes note of a change that is not the echo of what is in flight."""
        if not self._session.replica.complete:
            return
        for seen in drift.observe(change, self._session.replica, expected=self._in_flight):
            noted = self._suspects.setdefault(seen.owner, [])
            if len(noted) < DRIFTS_PER_OWNER:
                noted.append(seen)
            self._wanted.set()

    def _note_reconnect(self) -> None:
        self._reconnected = True
        self._wanted.set()


def _pass_by(place: str, taken: Sequence[Mark]) -> None:
    """A crash point of a step that somebody's write caused; what is merely compared passes no such place."""
    if taken:
        crash_point(f"translation.{place}")


def comment_on(taken: Iterable[Mark]) -> str:
    """The requests that caused a transaction, for OVSDB's log."""
    causes = sorted({mark.request_id for mark in taken if mark.request_id})
    return " ".join(["meridian", *causes[:CAUSES_PER_COMMENT]])


def outcomes_of(taken: Iterable[Mark], quarantined: Mapping[str, str]) -> dict[int, bool]:
    """For each revision whether all of its owners are as desired."""
    outcomes: dict[int, bool] = {}
    for mark in taken:
        outcomes[mark.revision] = outcomes.get(mark.revision, True) and mark.owner not in quarantined
    return outcomes
