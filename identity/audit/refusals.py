"""Events of what was refused: logins, and requests that policy forbids.

There is no transaction to write them in, so they are written within a second, many at once. Whoever is refused again and
again fills nothing: of one caller and one thing that is refused, a window has one event at its beginning and one at its
end that counts the others; beyond MOST of them, what else is refused is one count. A process that dies takes along what it
had not written yet: lines of the log say the same.
"""

import asyncio
import time
from collections.abc import Callable, Hashable

import msgspec
import structlog

from identity.audit import store
from identity.audit.event import Event
from runtime.cancellation import run_apart
from runtime.database import Database

log = structlog.get_logger()
WINDOW_S = 60.0
MOST = 100
FLUSHED_EVERY_S = 1.0
MOST_UNWRITTEN = 10 * MOST


class Refusals:
    """What a process was asked and refused. Run `run()` as a task for as long as it answers."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._since = clock()
        self._seen: dict[Hashable, Event] = {}
        self._others: Event | None = None
        self._unwritten: list[Event] = []

    def tell(self, key: Hashable, event: Event) -> None:
        """`key` says what counts as the same: who is refused what."""
        self._close_window()
        if (first := self._seen.get(key)) is not None:
            self._seen[key] = msgspec.structs.replace(first, repeats=first.repeats + 1)
        elif len(self._seen) < MOST:
            self._seen[key] = event
            self._unwritten.append(event)
        else:
            counted = self._others.repeats if self._others else 0
            self._others = msgspec.structs.replace(_anonymous(event), repeats=counted + 1)

    def _close_window(self, *, now: bool = False) -> None:
        if not now and self._clock() - self._since < WINDOW_S:
            return
        counts = [event for event in self._seen.values() if event.repeats]
        counts += [self._others] if self._others else []
        self._unwritten += [msgspec.structs.replace(event, event_id=f"{event.event_id}-repeats") for event in counts]
        self._seen, self._others, self._since = {}, None, self._clock()

    async def run(self) -> None:
        """Runs until cancelled, and writes the rest then."""
        try:
            while True:
                await asyncio.sleep(FLUSHED_EVERY_S)
                self._close_window()
                await run_apart(self.flush())
        finally:
            self._close_window(now=True)
            await self.flush()

    async def flush(self) -> None:
        """Writes what was told. While PostgreSQL is away it waits, up to a bound."""
        events, self._unwritten = self._unwritten, []
        if not events:
            return
        try:
            async with self._database.connection() as connection:
                await store.insert_events(connection, events)
        except Exception as error:
            self._unwritten = (events + self._unwritten)[-MOST_UNWRITTEN:]
            log.warning("refusals not recorded yet", count=len(self._unwritten), problem=str(error))


def _anonymous(event: Event) -> Event:
    """An event that stands for several, of whom nothing is the same but that they were refused."""
    return msgspec.structs.replace(
        event, initiator_id="", initiator_name="", project_id=None, domain_id=None, address="", agent="", target_id=""
    )
