"""A loop that is woken by signal and by timer, runs one pass at a time, and takes no hint of what changed.

Every receiver of messages has one: losing a signal costs at most `period_s`.
"""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from runtime.cancellation import run_apart

log = structlog.get_logger()


class Reconciler:
    """Calls `work` whenever `activate()` was called since the last pass began, and at least every `period_s`.

    A pass that raises is logged and repeated after a growing pause (0.1 s to `period_s`). `last_error` and
    `last_success` (monotonic seconds, None before the first) show how it is doing.
    """

    def __init__(self, name: str, work: Callable[[], Coroutine[Any, Any, None]], *, period_s: float) -> None:
        self.name = name
        self.last_error: str | None = None
        self.last_success: float | None = None
        self._work = work
        self._period_s = period_s
        self._wanted = asyncio.Event()

    def activate(self) -> None:
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled. A pass in flight is cancelled with it: work must be safe to stop anywhere."""
        pause_s = 0.1
        while True:
            self._wanted.clear()
            if await self._pass():
                pause_s = 0.1
                await self._wait(self._period_s)
            else:
                await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))
                pause_s = min(pause_s * 2, self._period_s)

    async def _pass(self) -> bool:
        try:
            await run_apart(self._work())
        except Exception as error:
            self.last_error = f"{type(error).__name__}: {error}"
            log.exception("reconciler pass failed", reconciler=self.name)
            return False
        self.last_error, self.last_success = None, time.monotonic()
        return True

    async def _wait(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._wanted.wait()
        except TimeoutError:
            return
