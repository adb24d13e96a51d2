"""One leader among the control processes: who holds an advisory lock of PostgreSQL on a live session.

    try the lock -> raise the term -> lead, while a heartbeat keeps the session alive -> lost: stop, try again

A leader that is paused or cut off loses the lock by itself: PostgreSQL ends a session that is idle for longer than
`IDLE_LIMIT_S`. It may believe a little longer that it leads; OVN refuses its term then (`fence.py`).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import structlog

from runtime.cancellation import run_apart
from runtime.database import CONNECTION_ERRORS, Connection, DatabaseSettings, open_session

log = structlog.get_logger()

LOCK = 0x4D45_5249  # "MERI"
RETRY_S = 0.5
HEARTBEAT_S = 1.0
IDLE_LIMIT_S = 4.0


class LeadershipLost(Exception):
    """We may not write any more; the message says why."""


class Reign:
    """One time of leading. `term` is higher than that of any leader before."""

    def __init__(self, session: Connection, holder: str, term: int) -> None:
        self.term = term
        self._session = session
        self._holder = holder
        self._in_use = asyncio.Lock()

    async def raise_above(self, term: int) -> None:
        """Takes a term above `term`, which OVN knows though our PostgreSQL never gave it out (it was restored from a
        backup). Raises LeadershipLost when we no longer lead."""
        async with self._in_use, _session_alive():
            self.term = await _raise_term(self._session, self._holder, term)
        log.warning("term raised above the one that OVN knows", term=self.term)

    async def keep_alive(self) -> None:
        """Runs until the session with the lock has ended or does not answer; raises LeadershipLost then."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            async with self._in_use, _session_alive():
                await self._session.fetchval("SELECT 1", timeout=IDLE_LIMIT_S / 2)


class Leadership:
    """A candidate for as long as `run` runs."""

    def __init__(self, settings: DatabaseSettings, holder: str) -> None:
        self._settings = settings
        self._holder = holder

    async def run(self, lead: Callable[[Reign], Awaitable[None]]) -> None:
        """Runs until cancelled: `lead(reign)` whenever we lead, cancelled when we no longer do.

        `lead` may end by raising; leadership is then given up and sought again.
        """
        while True:
            try:
                await run_apart(self._hold_once(lead))
            except* LeadershipLost as errors:
                log.warning("leadership lost", reasons=_reasons(errors))
            except* (OSError, TimeoutError, asyncpg.PostgresError, *CONNECTION_ERRORS) as errors:
                log.info("cannot lead now", reasons=_reasons(errors))
            except* Exception:
                log.exception("leadership given up")
            await asyncio.sleep(RETRY_S)

    async def _hold_once(self, lead: Callable[[Reign], Awaitable[None]]) -> None:
        session = await open_session(self._settings)
        try:
            await _limit_session(session)
            while not await session.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                await asyncio.sleep(RETRY_S)
            reign = Reign(session, self._holder, await _raise_term(session, self._holder, 0))
            log.info("leading", term=reign.term)
            async with asyncio.TaskGroup() as tasks:
                beating = tasks.create_task(reign.keep_alive())
                await lead(reign)
                beating.cancel()
        finally:
            session.terminate()


async def _raise_term(conn: Connection, holder: str, at_least: int) -> int:
    return await conn.fetchval(
        "UPDATE northbound.leadership SET term = greatest(term, $2) + 1, holder = $1, since = now() RETURNING term",
        holder,
        at_least,
    )


def _reasons(error: BaseException) -> list[str]:
    """What went wrong in the tasks of a group, and in the groups among them."""
    if isinstance(error, BaseExceptionGroup):
        return [reason for inner in error.exceptions for reason in _reasons(inner)]
    return [f"{type(error).__name__}: {error}"]


@contextlib.asynccontextmanager
async def _session_alive() -> AsyncIterator[None]:
    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError, *CONNECTION_ERRORS) as error:
        raise LeadershipLost(f"the session with the lock is gone: {error!r}") from error


async def _limit_session(session: Connection) -> None:
    """Lets PostgreSQL notice that we are gone: idle too long, or unreachable."""
    await session.execute(f"SET idle_session_timeout = '{int(IDLE_LIMIT_S * 1000)}ms'")
    for setting in ("tcp_keepalives_idle = 2", "tcp_keepalives_interval = 1", "tcp_keepalives_count = 3"):
        await session.execute(f"SET {setting}")
