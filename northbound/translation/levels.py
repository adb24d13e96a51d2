"""What OVN shows in one table, kept in PostgreSQL by level.

    row of OVN -> (key, value) -> PostgreSQL          a key that no row speaks of has the value `absent`

At the start and after each (re)connect everything is compared, later what has changed: nothing depends on having seen
one event. What a request changes at the same moment is found by comparing everything once more.
"""

import asyncio
from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeVar

import structlog

from runtime.errors import Conflict
from southbound.ovsdb.replica import Change, Columns
from southbound.ovsdb.session import Session

Key = TypeVar("Key", bound=Any)
Value = TypeVar("Value")
BATCH = 1000
RETRY_S = 0.1

log = structlog.get_logger()


class Level(Protocol[Key, Value]):
    """One table of OVN and where it is kept. Keys have an order; rows of `also` say something of any of them."""

    table: str
    also: frozenset[str]
    absent: Value

    def read(self, row: Columns) -> tuple[Key, Value] | None:
        """What a row says; None when it is about nothing of ours."""

    async def forget_others(self, keys: Collection[Key]) -> None:
        """Writes `absent` for whatever is not among the keys."""

    async def store(self, seen: Mapping[Key, Value]) -> None:
        """Writes the values; keys that are not there are passed over."""


class LevelCopy(Generic[Key, Value]):
    """Keeps one level for as long as `run` runs."""

    def __init__(self, session: Session, level: Level[Key, Value]) -> None:
        self._session = session
        self._level = level
        self._pending: dict[Key, Value] = {}
        self._compare_all = True
        self._wanted = asyncio.Event()
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled."""
        with self._session.listening(self._observe, self._want_all):
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                try:
                    await self._write()
                except Conflict as error:
                    log.info("raced with a request", table=self._level.table, reason=error.message)
                    self._want_all()
                    await asyncio.sleep(RETRY_S)

    async def _write(self) -> None:
        await self._session.wait_complete()
        if self._compare_all:
            self._compare_all = False
            self._pending = self._all()
            await self._level.forget_others(list(self._pending))
        while self._pending:
            batch = dict(sorted(self._pending.items(), key=itemgetter(0))[:BATCH])
            for key in batch:
                del self._pending[key]
            await self._level.store(batch)

    def _all(self) -> dict[Key, Value]:
        rows = self._session.replica.rows(self._level.table).values()
        return dict(said for row in rows if (said := self._level.read(row)) is not None)

    def _observe(self, change: Change) -> None:
        if not self._session.replica.complete:
            return
        if change.table in self._level.also:
            self._want_all()
        elif change.table == self._level.table:
            self._compare(change)

    def _compare(self, change: Change) -> None:
        before, after = self._says(change.before), self._says(change.after)
        if before != after:
            self._pending |= dict.fromkeys(before.keys() - after.keys(), self._level.absent) | after
            self._wanted.set()

    def _says(self, row: Columns | None) -> dict[Key, Value]:
        """What a row says beyond what its absence does."""
        said = None if row is None else self._level.read(row)
        return {} if said is None or said[1] == self._level.absent else dict([said])

    def _want_all(self) -> None:
        self._compare_all = True
        self._wanted.set()
