"""What a request does, taken down by the transaction that does it.

    authenticate -> begin -> handler: creates(id) for what it creates -> its transaction's last statement -> commit

`Database.transaction` calls `Recorder.record` before each commit, so that no handler can change anything unrecorded:
either the change and its event are there, or neither. Where a transaction ends with a statement of its own anyway, it
takes the events along (`take`) and there is no further one.

A request is known by a context variable. What outlives requests or writes for several runs in a context of its own.
"""

import contextvars

from aiohttp import web

from identity.audit import store
from identity.audit.event import Event, changes_of, logged
from runtime.database import Connection

READING = ("GET", "HEAD")


class Act:
    """One request. `kept` events of it are in committed transactions; `taken` ones wait for a commit."""

    __slots__ = ("_request", "detail", "kept", "made", "taken")

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.made: list[str] = []
        self.detail = ""
        self.kept = self.taken = 0

    @property
    def reads(self) -> bool:
        return self._request.method in READING

    def take(self) -> list[Event]:
        """The events that are not recorded yet; whoever takes them writes them in the transaction that is open."""
        before = self.kept + self.taken
        if before and len(self.made) <= before:
            return []
        events = self._describe(self.made[before:], before)
        self.taken += len(events)
        return events

    def take_creation(self, resource_id: str) -> list[Event]:
        """As `take`, by who makes for this request all that it asks for, and may try again."""
        self.made, self.taken = [resource_id], 1
        return self._describe(self.made, 0)

    def _describe(self, made: list[str], first: int) -> list[Event]:
        events = list(changes_of(self._request, made, self.detail, first))
        self._request["logged"] = logged(events[0], len(events))
        return events


_current: contextvars.ContextVar[Act | None] = contextvars.ContextVar("act", default=None)


def begin(request: web.Request) -> None:
    """From now on the task acts for this request, whose caller is known."""
    _current.set(Act(request))


def current() -> Act | None:
    return _current.get()


def creates(*resource_ids: str) -> None:
    """The request creates these. Call it inside the transaction that does."""
    if (act := _current.get()) is not None:
        act.made += resource_ids


def specify(word: str) -> None:
    """What exactly the request does, where the body says that, and not the path."""
    if (act := _current.get()) is not None:
        act.detail = word


def take() -> list[Event]:
    """The events of the request at hand, for the statement that ends its transaction."""
    act = _current.get()
    return [] if act is None else act.take()


class Recorder:
    """What a Database asks before it commits, and tells when it rolled back."""

    async def record(self, connection: Connection) -> None:
        act = _current.get()
        if act is None:
            return
        if not act.reads and (events := act.take()):
            await store.insert_events(connection, events)

    def committed(self) -> None:
        if (act := _current.get()) is not None:
            act.kept, act.taken = act.kept + act.taken, 0

    def rolled_back(self) -> None:
        if (act := _current.get()) is not None:
            act.taken = 0
