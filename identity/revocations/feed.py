"""What a process knows about ended rights and about roles, kept fresh by NOTIFY and by a timer.

Whoever changes rights or roles calls `publish()` after the commit: this process knows at once, the others within
their next wake-up. A feed that could not read for `limit_s` knows nothing, and says so.
"""

import asyncio
import time
from collections.abc import Callable

import asyncpg
import structlog

from identity.revocations import store
from identity.roles.graph import RoleGraph
from identity.roles.store import read_graph
from runtime.database import Connection, Database, DatabaseSettings, open_session
from runtime.errors import Unavailable
from runtime.reconciler import Reconciler

log = structlog.get_logger()


class RightsFeed:
    """`roles` is the newest graph of roles. Run `run()` as a task for as long as the process answers."""

    def __init__(
        self,
        database: Database,
        session_settings: DatabaseSettings,
        *,
        period_s: float,
        limit_s: float,
        directory_limit_s: float = 30,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.roles = RoleGraph({}, {})
        self._database = database
        self._session_settings = session_settings
        self._session: Connection | None = None
        self._limit_s = limit_s
        self._clock = clock
        self._refreshing = asyncio.Lock()
        self._refreshed_at: float | None = None
        self._horizon = "0"
        self._revocations: dict[str, store.Revocation] = {}
        self._directory_limit_s = directory_limit_s
        self._silent: frozenset[str] = frozenset()
        self._reconciler = Reconciler("identity-rights", self._follow, period_s=period_s)

    async def run(self) -> None:
        try:
            await self._reconciler.run()
        finally:
            if self._session is not None:
                self._session.terminate()

    def revoked(self, subjects: tuple[str, ...], issued_at: float) -> bool:
        """Whether a token that was issued then and carries these subjects has ended.

        Raises Unavailable when the feed is older than its limit, or the directory that keeps the user is silent.
        """
        if self._refreshed_at is None or self._clock() - self._refreshed_at > self._limit_s:
            raise Unavailable("Revoked tokens are not known at the moment.")
        if self._silent and not self._silent.isdisjoint(subjects):
            raise Unavailable("The directory that keeps this user has not answered for a while; try again later.")
        return any(
            revocation.issued_before >= issued_at
            for subject in subjects
            if (revocation := self._revocations.get(subject)) is not None
        )

    async def publish(self) -> None:
        """Makes a committed change known here, and wakes the other processes, who poll if the call gets lost."""
        await self.refresh()
        async with self._database.connection() as connection:
            await store.announce(connection)

    async def refresh(self) -> None:
        """Reads what changed since the last time."""
        async with self._refreshing:
            asked_at = self._clock()
            async with self._database.snapshot() as connection:
                self._horizon, news = await store.select_since(connection, self._horizon)
                self.roles = await read_graph(connection)
                self._silent = await store.select_silent(connection, self._directory_limit_s)
            self._revocations.update((revocation.subject, revocation) for revocation in news)
            self._forget_expired()
            self._refreshed_at = asked_at

    def _forget_expired(self) -> None:
        now = time.time()
        expired = [subject for subject, revocation in self._revocations.items() if revocation.expires_at < now]
        for subject in expired:
            del self._revocations[subject]

    async def _follow(self) -> None:
        await self.refresh()
        if self._session is None or self._session.is_closed():
            self._session = await open_session(self._session_settings)
            await self._session.add_listener(store.CHANNEL, self._heard)

    def _heard(self, _connection: asyncpg.Connection, _pid: int, _channel: str, _payload: str) -> None:
        self._reconciler.activate()
