"""A look at OVN for a process that does not lead: a replica loaded when it is asked for, and dropped when it is not.

It writes nothing. The leader has its replica anyway; every other process would pay memory for questions that are rare.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from northbound.translation.tables import TABLES
from runtime.errors import Unavailable
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.session import Session, SessionSettings

LOAD_TIMEOUT_S, RECONNECT_TIMEOUT_S = 5.0, 1.0
KEPT_S = 30.0


class Glance:
    """`close` it in the end."""

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings
        self._session: Session | None = None
        self._running: asyncio.Task[None] | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._users = 0

    @asynccontextmanager
    async def replica(self) -> AsyncIterator[Replica]:
        """A complete replica; raises Unavailable when OVN's northbound database does not answer in time."""
        if self._closing is not None:
            self._closing.cancel()
        if self._session is None:
            self._session = Session(self._settings, "OVN_Northbound", TABLES)
            self._running = asyncio.create_task(self._session.run())
        self._users += 1
        try:
            yield await loaded(self._session, LOAD_TIMEOUT_S)
        finally:
            self._users -= 1
            if self._users == 0:
                self._closing = asyncio.get_running_loop().call_later(KEPT_S, self.close)

    def close(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
        if self._running is not None:
            self._running.cancel()
        self._session = self._running = self._closing = None


async def loaded(session: Session, timeout_s: float) -> Replica:
    """The session's replica once it is complete; raises Unavailable when that takes too long."""
    try:
        async with asyncio.timeout(timeout_s):
            await session.wait_complete()
    except TimeoutError:
        raise Unavailable("OVN's northbound database does not answer; what would change in it is not known.") from None
    return session.replica
