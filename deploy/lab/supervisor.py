"""Starts components in the order of their needs, as many at once as that allows, and keeps them running.

A component is a daemon, or a step that is done once (a namespace, a migration). Both are started by the same loop:
when a start fails it is reported and tried again, a little later each time. A daemon that ends is started again.
`States` tells whoever listens how far everything is.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import structlog

from deploy.lab.daemons.daemon import Daemon, DaemonFailed
from deploy.lab.daemons.programs import ProgramFailed

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
CALM_S = 30.0  # a daemon that served this long starts again with the first pause

log = structlog.get_logger()


async def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Component:
    """`start` is idempotent and returns when the component serves; `wait` returns when it has ended by itself."""

    name: str
    start: Callable[[], Awaitable[None]]
    needs: tuple[str, ...] = ()
    stop: Callable[[], Awaitable[None]] = _nothing
    wait: Callable[[], Awaitable[object]] | None = None


def daemon(process: Daemon, *needs: str, stop: Callable[[], Awaitable[None]] | None = None) -> Component:
    """A daemon as a component; `stop` replaces the daemon's own."""
    return Component(process.name, process.start, needs, stop or process.stop, process.wait)


def step(
    name: str,
    start: Callable[[], Awaitable[None]],
    *needs: str,
    stop: Callable[[], Awaitable[None]] = _nothing,
) -> Component:
    """Something that is done once; `stop` undoes it."""
    return Component(name, start, needs, stop)


class ComponentState(msgspec.Struct, frozen=True):
    """How far a component is: `seconds` after the supervisor's start, and the complaint of the last failure."""

    name: str
    state: Literal["waiting", "starting", "ready", "failed"]
    seconds: float = 0.0
    complaint: str = ""


class States:
    """The state of every component."""

    def __init__(self, names: Sequence[str]) -> None:
        self._states = {name: ComponentState(name, "waiting") for name in names}
        self._changed = asyncio.Condition()
        self._started = time.monotonic()

    async def set(self, name: str, state: str, complaint: str = "") -> None:
        async with self._changed:
            self._states[name] = ComponentState(name, state, time.monotonic() - self._started, complaint)
            self._changed.notify_all()

    async def follow(self) -> AsyncIterator[list[ComponentState]]:
        """All states, now and after every change, for ever. What changed twice meanwhile is told once."""
        told: dict[str, ComponentState] = {}
        while True:
            async with self._changed:
                while self._states == told:
                    await self._changed.wait()
                told = dict(self._states)
            yield list(told.values())


class Supervisor:
    """Runs `components`, each of which comes after those it needs."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._components = components
        self._ready = {component.name: asyncio.Event() for component in components}
        self.states = States([component.name for component in components])

    async def run(self, until_stopped: Awaitable[object]) -> None:
        """Bring everything up, keep it up until `until_stopped` is done, and take it down in reverse order."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._keep(component)) for component in self._components]
                await until_stopped
                for task in tasks:
                    task.cancel()
        finally:
            for component in reversed(self._components):
                await self._stop(component)

    async def _keep(self, component: Component) -> None:
        for need in component.needs:
            await self._ready[need].wait()
        pause_s = FIRST_PAUSE_S
        while True:
            await self.states.set(component.name, "starting")
            complaint = await self._start(component)
            if not complaint:
                self._ready[component.name].set()
                await self.states.set(component.name, "ready")
                if component.wait is None:
                    return
                served_since = time.monotonic()
                status = await component.wait()
                complaint = f"{component.name} ended with status {status}"
                if time.monotonic() - served_since > CALM_S:
                    pause_s = FIRST_PAUSE_S
            log.warning("component failed", component=component.name, complaint=complaint, retry_in_s=pause_s)
            await self.states.set(component.name, "failed", complaint)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _start(self, component: Component) -> str:
        """The complaint, or an empty text when the component serves."""
        try:
            await component.start()
        except (DaemonFailed, ProgramFailed, OSError, TimeoutError) as error:
            return str(error) or type(error).__name__
        return ""

    async def _stop(self, component: Component) -> None:
        try:
            await component.stop()
        except (ProgramFailed, OSError, TimeoutError) as error:
            log.error("component did not stop", component=component.name, complaint=str(error))
