"""Keep one connection to the other side: connect, serve it until it breaks, pause, connect again, for ever."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from runtime.bus.backoff import pauses
from runtime.bus.interface import Limits, OnConnect, Statistics
from runtime.cancellation import run_apart

log = structlog.get_logger(__name__)

Session = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]
"""Connects, calls its argument once messages can flow, returns or raises when the connection is over."""


class Reconnecting:
    """Runs `session` again and again in one task, with pauses that start short again after a lasting one."""

    def __init__(self, session: Session, limits: Limits, statistics: Statistics):
        self.connected = False
        self._session = session
        self._limits = limits
        self._statistics = statistics
        self._callbacks: list[OnConnect] = []
        self._task: asyncio.Task[None] | None = None
        self._greetings: set[asyncio.Task[None]] = set()

    def on_connect(self, callback: OnConnect) -> None:
        """Have `callback` awaited after each connection, beside the connection's own work."""
        self._callbacks.append(callback)

    def start(self) -> None:
        """Begin, if not begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """End the connection and stop trying."""
        tasks = [*self._greetings, *([self._task] if self._task is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        waits = pauses(self._limits.reconnect_first_s, self._limits.reconnect_longest_s)
        while True:
            began = asyncio.get_running_loop().time()
            reason = "closed by the other side"
            try:
                await run_apart(self._session(self._established))
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
            finally:
                self.connected = False
            if asyncio.get_running_loop().time() - began > self._limits.reconnect_longest_s:
                waits = pauses(self._limits.reconnect_first_s, self._limits.reconnect_longest_s)
            log.warning("bus not connected", reason=reason)
            await asyncio.sleep(next(waits))

    def _established(self) -> None:
        self.connected = True
        self._statistics.connections += 1
        log.info("bus connected")
        for callback in self._callbacks:
            task = asyncio.create_task(greet(callback))
            self._greetings.add(task)
            task.add_done_callback(self._greetings.discard)


async def greet(callback: OnConnect) -> None:
    """Await an on-connect callback; what it raises is logged."""
    try:
        await callback()
    except Exception:
        log.exception("bus on-connect callback failed")
