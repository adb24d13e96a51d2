"""The parts of what a leader does, each apart: one that fails is started again, and the others do not notice.

A part works by level, so that a fresh one, which compares everything again, misses nothing; the one that failed may have
forgotten what it had taken in hand, and is never used again. What ends the reign is the loss of the lock (LeadershipLost)
alone, whichever part finds it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import structlog

from northbound.translation.leadership import LeadershipLost
from runtime.cancellation import run_apart
from runtime.errors import Unavailable

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 10.0
"""Pauses grow from one to the other; after a life longer than the longest they start small again."""

log = structlog.get_logger()


class Part(Protocol):
    async def run(self) -> None:
        """Runs until cancelled. Everything is compared again at its start."""


async def supervise(name: str, make: Callable[[], Part], failures: Counter[str]) -> None:
    """Runs what `make` makes until cancelled, made anew after each failure, which is counted under the part's name.

    Raises LeadershipLost when the part does.
    """
    loop, pause_s = asyncio.get_running_loop(), FIRST_PAUSE_S
    while True:
        began_s = loop.time()
        await _live_once(name, make)
        failures[name] += 1
        if loop.time() - began_s > LONGEST_PAUSE_S:
            pause_s = FIRST_PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def _live_once(name: str, make: Callable[[], Part]) -> None:
    try:
        await run_apart(make().run())
        log.error("part of the leader ended", part=name)
    except LeadershipLost:
        raise
    except Unavailable as error:
        log.warning("part of the leader failed", part=name, reason=error.message)
    except Exception:
        log.exception("part of the leader failed", part=name)
