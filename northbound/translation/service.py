"""The translation as a control process has it: candidate for leading, and `settle` for its requests.

Every control process runs one `Translation`. The one that leads holds the sessions with OVN and the loop; the others
pass wake-ups to it and learn from it what is settled.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from northbound.changes.progress import Progress
from northbound.dns.safety import DnsRecords, DnsSafety
from northbound.translation import marks
from northbound.translation.agents import AgentCopy, AgentRemoval, Heartbeat
from northbound.translation.chassis_copy import ChassisCopy
from northbound.translation.desired import KINDS, OwnerKind
from northbound.translation.gateway_hosts import GatewayHosts
from northbound.translation.glance import RECONNECT_TIMEOUT_S, Glance, loaded
from northbound.translation.leadership import Leadership, Reign
from northbound.translation.levels import LevelCopy
from northbound.translation.member_health import MemberHealth
from northbound.translation.neighbours import Neighbours
from northbound.translation.port_status import PortStatus
from northbound.translation.reconcile import Reconcile
from northbound.translation.signals import Signals
from northbound.translation.statistics import Statistics
from northbound.translation.supervisor import Part, supervise
from northbound.translation.tables import TABLES
from northbound.translation.waiters import Waiters
from northbound.translation.withdrawals import Listener, Withdrawals, Withdrawn
from runtime.database import Database, DatabaseSettings
from runtime.errors import Unavailable
from southbound import chassis, gateways, service_monitors
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.session import Session, SessionSettings

MOST_WAITING = 100
"""Requests of one process that wait for changes to arrive; each asks PostgreSQL now and then."""


class TranslationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach OVN, and how long a request waits for its own changes to be there."""

    northbound: SessionSettings
    southbound: SessionSettings
    settle_timeout_s: float = 5.0
    dns_records: DnsRecords = "when_safe"


class Translation:
    """`kinds` are what is translated."""

    def __init__(
        self,
        database: Database,
        database_settings: DatabaseSettings,
        settings: TranslationSettings,
        *,
        holder: str,
        kinds: Sequence[OwnerKind] = KINDS,
    ) -> None:
        self.statistics = Statistics()
        self._database = database
        self._settings = settings
        self.kinds = kinds
        self._glance = Glance(settings.northbound)
        self._waiters = Waiters()
        wait_s = settings.settle_timeout_s
        self._signals = Signals(database_settings, self._wake_leader, self._waiters.tell, self._wake_progress, wait_s)
        self._leadership = Leadership(database_settings, holder)
        self._withdrawn: list[Listener] = []
        self._leading: Reconcile | None = None
        self._progress: Progress | None = None
        self.waiting_rooms = asyncio.Semaphore(MOST_WAITING)
        self._northbound: Session | None = None

    @property
    def leads(self) -> bool:
        return self._leading is not None

    @property
    def is_connected(self) -> bool:
        """Whether this process leads and has a complete view of OVN's northbound database."""
        return self._northbound is not None and self._northbound.replica.complete

    @property
    def quarantined(self) -> int:
        """How many owners OVN refuses at the moment; 0 on a process that does not lead."""
        return 0 if self._leading is None else len(self._leading.quarantine)

    async def run(self) -> None:
        """Runs until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._signals.run())
                tasks.create_task(self._leadership.run(self._lead))
        finally:
            self.close()

    def close(self) -> None:
        """Drops what `replica` loaded; for one that was never run."""
        self._glance.close()

    @asynccontextmanager
    async def replica(self) -> AsyncIterator[Replica]:
        """What OVN's northbound database holds, complete: the leader's own replica, or one loaded for the occasion.

        Raises Unavailable when OVN does not answer.
        """
        if self._northbound is not None:
            yield await loaded(self._northbound, RECONNECT_TIMEOUT_S)
        else:
            async with self._glance.replica() as replica:
                yield replica

    def wake(self) -> None:
        """Says that marks were committed; for a writer that does not wait. Never blocks."""
        if self._leading is not None:
            self._leading.wake()
        else:
            self._signals.send_marked()

    def ask(self) -> None:
        """Says that somebody wants to know how far a change got. Never blocks."""
        if self._progress is not None:
            self._progress.wake()
        else:
            self._signals.send_asked()

    async def settle(self, revision: int) -> bool:
        """Waits until OVN holds what the transaction with this revision wrote, at most `settle_timeout_s`.

        Call it after the commit, with what `changes.note` or `marks.mark` said inside. False when that is not so yet: OVN is away,
        slow, or refuses one of the owners; the write is durable all the same and will be finished. Never raises.
        """
        if revision == 0:
            return True
        self.wake()
        if self.leads and not self.is_connected:
            return False
        outcome = await self._waiters.wait(revision, self._settings.settle_timeout_s)
        return await self._look_up(revision) if outcome is None else outcome

    def has_settled(self, revision: int) -> bool:
        """Whether this process knows that OVN holds what the transaction wrote. Its marks may be there a moment longer."""
        return self._waiters.outcome(revision) is True

    async def _look_up(self, revision: int) -> bool:
        try:
            async with self._database.connection() as conn:
                return await marks.is_settled(conn, revision)
        except Unavailable:
            return False

    def on_withdrawn(self, listener: Listener) -> None:
        """Calls `listener` when OVN permits or translates less than before (while we lead); what it raises has all told again."""
        self._withdrawn.append(listener)

    async def _tell_withdrawn(self, withdrawn: Withdrawn) -> None:
        for listener in self._withdrawn:
            await listener(withdrawn)

    def _wake_leader(self) -> None:
        if self._leading is not None:
            self._leading.wake()

    def _wake_progress(self) -> None:
        if self._progress is not None:
            self._progress.wake()

    def _tell(self, outcomes: Mapping[int, bool]) -> None:
        self._waiters.tell(outcomes)
        self._signals.send_settled(outcomes)

    async def _lead(self, reign: Reign) -> None:
        """Everything that only the leader does, until cancelled; raises when the lock or a session with OVN is lost."""
        northbound = Session(self._settings.northbound, "OVN_Northbound", TABLES)
        seen = chassis.TABLES | service_monitors.TABLES | gateways.TABLES
        southbound = Session(self._settings.southbound, "OVN_Southbound", seen, gateways.CONDITIONS)
        self._northbound = northbound
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, make in self._parts(reign, northbound, southbound).items():
                    tasks.create_task(supervise(name, make, self.statistics.failures), name=name)
                for session in (northbound, southbound):
                    tasks.create_task(session.run())
        finally:
            self._leading = self._northbound = self._progress = None

    def _parts(self, reign: Reign, northbound: Session, southbound: Session) -> Mapping[str, Callable[[], Part]]:
        """What the leader does, by the names under which failures are counted."""
        database = self._database
        return {
            "reconcile": lambda: self._lead_by(
                Reconcile(database, northbound, reign, self.kinds, self._tell, self.statistics)
            ),
            "port_status": lambda: LevelCopy(northbound, PortStatus(database, self._wake_leader)),
            "chassis": lambda: ChassisCopy(database, southbound, self._wake_leader),
            "gateway_hosts": lambda: LevelCopy(southbound, GatewayHosts(database, southbound.replica)),
            "member_health": lambda: LevelCopy(southbound, MemberHealth(database)),
            "dns_safety": lambda: DnsSafety(database, northbound, self._settings.dns_records),
            "withdrawals": lambda: Withdrawals(northbound.replica, self._tell_withdrawn),
            "neighbours": lambda: Neighbours(northbound, southbound),
            "agents": lambda: AgentCopy(database, southbound),
            "agent_removal": lambda: AgentRemoval(database, southbound),
            "heartbeat": lambda: Heartbeat(northbound),
            "progress": lambda: self._progress_by(Progress(database, northbound, southbound, reign)),
        }

    def _lead_by(self, reconcile: Reconcile) -> Reconcile:
        self._leading = reconcile
        return reconcile

    def _progress_by(self, progress: Progress) -> Progress:
        self._progress = progress
        return progress


TRANSLATION = web.AppKey("translation", Translation)
