"""A bounded queue of messages that leave it only when somebody says that they were handled.

`put` -> waiting -> `take` -> in flight -> `settle` (gone) or `return_all` (waiting again, in the old order). Holds no
task and knows no transport. Used from one event loop; the methods that are not async never yield.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from runtime.bus.interface import Limits, Message, Statistics

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Letter:
    """A message inside a mailbox. `on_settled` is called once, when the mailbox lets go of it for whatever reason."""

    topic: str
    key: str
    body: bytes
    sender: str
    on_settled: Callable[[], None] | None = None
    number: int = 0
    deliveries: int = 0

    @property
    def identity(self) -> tuple[str, str, str]:
        """Letters of one identity supersede each other; nobody can supersede what another sender said."""
        return self.sender, self.topic, self.key

    def message(self) -> Message:
        """The delivery that the letter is in now."""
        return Message(self.topic, self.key, self.body, self.sender, self.deliveries)


class Mailbox:
    """Letters of one topic, or of all topics of one publisher, in order of arrival."""

    def __init__(self, limits: Limits, statistics: Statistics):
        self._limits = limits
        self._statistics = statistics
        self._waiting: OrderedDict[int, Letter] = OrderedDict()
        self._newest: dict[tuple[str, str, str], Letter] = {}
        self._in_flight: dict[int, Letter] = {}
        self._waiting_bytes = 0
        self._last_number = 0
        self._not_empty = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._in_flight)

    def put(self, letter: Letter) -> None:
        """Add a letter; it supersedes a waiting one of its identity, and pushes out the oldest when full."""
        older = self._newest.get(letter.identity)
        if older is not None:
            self._statistics.superseded += 1
            self._let_go(self._remove_waiting(older))
        self._last_number += 1
        letter.number = self._last_number
        self._waiting[letter.number] = letter
        self._newest[letter.identity] = letter
        self._waiting_bytes += len(letter.body)
        while self._over_limit():
            self._statistics.dropped_mailbox_full += 1
            self._let_go(self._remove_waiting(next(iter(self._waiting.values()))))
        self._signal()

    async def wait_for_room(self, timeout_s: float) -> None:
        """Return when one more letter fits, or after the timeout; at once, without yielding, when there is room."""
        if self._has_room.is_set():
            return
        try:
            await asyncio.wait_for(self._has_room.wait(), timeout_s)
        except TimeoutError:
            log.warning("bus mailbox stays full", waiting=len(self._waiting), bytes=self._waiting_bytes)

    async def take(self) -> Letter:
        """The oldest waiting letter, now in flight. Waits for one; being cancelled takes nothing."""
        while not self._waiting:
            await self._not_empty.wait()
        letter = self._remove_waiting(next(iter(self._waiting.values())))
        letter.deliveries += 1
        self._in_flight[letter.number] = letter
        self._signal()
        return letter

    def settle(self, number: int) -> bool:
        """Forget a letter in flight; False when it is not in flight, since an acknowledgement may come twice."""
        letter = self._in_flight.pop(number, None)
        if letter is None:
            return False
        self._let_go(letter)
        return True

    def return_all(self) -> None:
        """Let everything in flight wait again, because its consumer is gone; drop what was delivered too often."""
        returned = sorted(self._in_flight.values(), key=lambda letter: letter.number)
        self._in_flight.clear()
        for letter in reversed(returned):
            if letter.deliveries >= self._limits.attempts:
                self._statistics.dropped_attempts_spent += 1
                log.error("bus message dropped, its consumers kept dying", topic=letter.topic, key=letter.key)
                self._let_go(letter)
            elif letter.identity in self._newest:
                self._statistics.superseded += 1
                self._let_go(letter)
            else:
                self._waiting[letter.number] = letter
                self._waiting.move_to_end(letter.number, last=False)
                self._newest[letter.identity] = letter
                self._waiting_bytes += len(letter.body)
        self._signal()

    def _over_limit(self) -> bool:
        return len(self._waiting) > self._limits.queued_messages or self._waiting_bytes > self._limits.queued_bytes

    def _remove_waiting(self, letter: Letter) -> Letter:
        del self._waiting[letter.number]
        self._waiting_bytes -= len(letter.body)
        if self._newest.get(letter.identity) is letter:
            del self._newest[letter.identity]
        return letter

    def _let_go(self, letter: Letter) -> None:
        if letter.on_settled is not None:
            letter.on_settled()

    def _signal(self) -> None:
        full = len(self._waiting) >= self._limits.queued_messages or self._waiting_bytes >= self._limits.queued_bytes
        _set_to(self._has_room, not full)
        _set_to(self._not_empty, bool(self._waiting))


def _set_to(event: asyncio.Event, value: bool) -> None:
    if value:
        event.set()
    else:
        event.clear()
