"""Brings every server of the host to its desired state, and says what came of it.

One worker per server observes, plans and executes until a plan is empty. A bounded number work at once; those that
wait for a guest, for OVN or for control hold nobody up. Workers are woken by messages, by libvirt's events and by the
inventory's timer, and take no hint of what happened. A new desired state interrupts the worker at its next wait; what
is half done is part of what the next plan sees. A fault that can heal is tried again after a growing pause; after one
that cannot, the worker waits for control to ask again.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from compute.agent import faults, report
from compute.agent.converge import (
    Activity,
    DetachInterface,
    FetchImage,
    Observed,
    Shutdown,
    WaitInstalled,
    plan,
)
from compute.agent.execute import Executor
from compute.agent.observe import Host, observe, observe_ids, observe_many
from compute.agent.state import Desired, DesiredState
from compute.messages import AbsentServer, ServerReport

log = structlog.get_logger()

# What takes long because others are slow, and costs this host nothing.
_WAITS = (FetchImage, WaitInstalled, Shutdown, DetachInterface)
_PLANS_PER_ATTEMPT = 5
_RESTARTS_OF_A_CRASHING_GUEST = 3
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0

Publish = Callable[[ServerReport], Awaitable[None]]


class Supervisor:
    """`on_settled` is called whenever a server was brought to its desired state."""

    def __init__(
        self,
        host_name: str,
        host: Host,
        state: DesiredState,
        executor: Executor,
        publish: Publish,
        *,
        servers_at_once: int,
        on_settled: Callable[[], None],
    ) -> None:
        self._host_name = host_name
        self._host = host
        self._state = state
        self._executor = executor
        self._publish = publish
        self._on_settled = on_settled
        self._slots = asyncio.Semaphore(servers_at_once)
        self._dirty: set[UUID] = set()
        self._workers: dict[UUID, asyncio.Task[None]] = {}
        self._attempts: dict[UUID, asyncio.Task[None]] = {}
        self._retry_now = asyncio.Event()
        self._failures: dict[UUID, int] = {}
        self._crashes: dict[UUID, int] = {}
        self._reports: dict[UUID, ServerReport] = {}

    def wake(self, server_id: UUID) -> None:
        """Look at a server again; nothing happens when nobody asked for it, or the agent gave it up."""
        last = self._reports.get(server_id)
        if server_id not in self._state or (last and last.state == "error"):
            return
        self._dirty.add(server_id)
        if server_id not in self._workers:
            self._workers[server_id] = asyncio.create_task(self._work(server_id))

    def retry_now(self) -> None:
        """Something that was away is back: do not wait until the next try is due."""
        self._retry_now.set()
        self._retry_now.clear()

    def take_up(self, server_id: UUID, *, changed: bool) -> None:
        """Control asked for a server: answer even if nothing changed; what is `changed` ends the work on what was."""
        self._reports.pop(server_id, None)
        self._failures.pop(server_id, None)
        self._crashes.pop(server_id, None)
        if changed and (attempt := self._attempts.get(server_id)):
            attempt.cancel()
        self.wake(server_id)

    async def check_all(self) -> None:
        """Wake every server that is not as it should be, or not as it was reported."""
        for server_id, observed in (await observe_many(self._host, self._state.all())).items():
            desired = self._state.get(server_id)
            if desired and not (self._is_reported(desired, observed) and not plan(desired, observed)):
                self.wake(server_id)

    async def inventory(self) -> tuple[ServerReport, ...]:
        """One report per server of which there is anything on the host or in its desired state.

        What was told last is read last: an inventory that waited after it would contradict a report that overtook it.
        """
        present = await observe_ids(self._host)
        reports = {
            each.id: self._reports.get(each.id) or report.building(self._host_name, each) for each in self._state.all()
        }
        for server_id, domain in present.items():
            reports.setdefault(server_id, report.unknown(self._host_name, server_id, domain))
        return tuple(reports.values())

    async def reject(self, desired: Desired, fault: faults.AgentFault) -> None:
        """Answer for a desired state that cannot be used; the one before stays."""
        await self._publish(report.gave_up(self._host_name, desired, fault))

    async def close(self) -> None:
        """Stop all work where it is."""
        tasks = [*self._workers.values(), *self._attempts.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, server_id: UUID) -> None:
        try:
            while server_id in self._dirty:
                self._dirty.discard(server_id)
                attempt = self._attempts[server_id] = asyncio.create_task(self._attempt(server_id))
                await asyncio.wait([attempt])
                if not attempt.cancelled() and (error := attempt.exception()):
                    log.error("the work on a server broke off", server=str(server_id), exc_info=error)
        finally:
            self._attempts.pop(server_id, None)
            del self._workers[server_id]

    async def _attempt(self, server_id: UUID) -> None:
        desired = self._state.get(server_id)
        if desired is None:
            return
        try:
            await self._settle(desired)
            self._failures.pop(server_id, None)
            self._on_settled()
        except faults.AgentFault as fault:
            await self._failed(desired, fault)
        except OSError as error:
            await self._failed(desired, faults.CommandFailed("the host refused", repr(error)))

    async def _settle(self, desired: Desired) -> None:
        """Observe, plan and execute until nothing is left to do."""
        for _ in range(_PLANS_PER_ATTEMPT):
            async with self._slots:
                observed = await observe(self._host, desired)
            actions = plan(desired, observed)
            if not actions or self._crashes_too_often(desired, observed):
                await self._finish(desired, observed)
                return
            if not _is_reached(desired, observed):
                await self._tell(report.building(self._host_name, desired))
            for action in actions:
                log.info("acting", server=str(desired.id), action=type(action).__name__, request_id=desired.request_id)
                async with contextlib.nullcontext() if isinstance(action, _WAITS) else self._slots:
                    await self._executor.carry_out(desired, action)
        raise faults.HypervisorRefused("the server does not settle", ", ".join(type(each).__name__ for each in actions))

    async def _finish(self, desired: Desired, observed: Observed) -> None:
        if isinstance(desired, AbsentServer):
            await self._state.forget(desired)
        await self._tell(self._report_of(desired, observed))
        if desired.id not in self._state:
            self._reports.pop(desired.id, None)

    async def _failed(self, desired: Desired, fault: faults.AgentFault) -> None:
        failures = self._failures[desired.id] = self._failures.get(desired.id, 0) + 1
        log.warning(
            "a server is not as desired",
            server=str(desired.id),
            fault=str(fault),
            failures=failures,
            request_id=desired.request_id,
        )
        if fault.attempts is not None and failures >= fault.attempts:
            await self._tell(report.gave_up(self._host_name, desired, fault))
            return
        await self._tell(report.building(self._host_name, desired, fault))
        pause_s = min(_FIRST_PAUSE_S * 2 ** (failures - 1), _LONGEST_PAUSE_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._retry_now.wait(), pause_s * random.uniform(0.5, 1.0))
        self._dirty.add(desired.id)

    def _crashes_too_often(self, desired: Desired, observed: Observed) -> bool:
        """A guest whose emulator dies again and again is left as it is."""
        domain = observed.domain
        if isinstance(desired, AbsentServer) or domain is None or domain.activity is not Activity.CRASHED:
            return False
        self._crashes[desired.id] = self._crashes.get(desired.id, 0) + 1
        return self._crashes[desired.id] > _RESTARTS_OF_A_CRASHING_GUEST

    def _is_reported(self, desired: Desired, observed: Observed) -> bool:
        return self._reports.get(desired.id) == self._report_of(desired, observed)

    def _report_of(self, desired: Desired, observed: Observed) -> ServerReport:
        if isinstance(desired, AbsentServer):
            return report.absent(self._host_name, desired)
        return report.settled(self._host_name, desired, observed)

    async def _tell(self, said: ServerReport) -> None:
        """Publish what differs from the last report of the server."""
        if self._reports.get(said.server_id) != said:
            self._reports[said.server_id] = said
            await self._publish(said)


def _is_reached(desired: Desired, observed: Observed) -> bool:
    """True when the present work repairs what was already finished once."""
    if isinstance(desired, AbsentServer) or observed.domain is None:
        return False
    return observed.domain.definition.generation == desired.generation
