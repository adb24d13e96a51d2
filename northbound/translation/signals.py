"""Wake-ups between control processes: "there are marks" and "somebody asks how far
a change got" to the leader, "these are settled" from it.

PostgreSQL's NOTIFY on a session of its own, never inside a write transaction, and coalesced: while one is being sent,
the next gathers. Hints only: a lost one costs the period of a timer. Outcomes are sent while other processes are heard
to wait for some; what was settled before the first of them spoke is sent when it does.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import structlog

from runtime.cancellation import run_apart
from runtime.database import CONNECTION_ERRORS, Connection, DatabaseSettings, open_session

log = structlog.get_logger()

MARKED, SETTLED, ASKED = "meridian_marked", "meridian_settled", "meridian_asked"
RETRY_S = 0.5
UNHEARD_S = 10.0  # after a session began: somebody may have spoken before it listened
REMEMBERED = 10_000
OUTCOMES_PER_MESSAGE = 300  # a payload holds less than 8,000 bytes


class Signals:
    """`on_marked`, `on_settled` and `on_asked` are called for what any process says, this one included. `wait_s` is how
    long a request waits for its outcome, in any process."""

    def __init__(
        self,
        settings: DatabaseSettings,
        on_marked: Callable[[], None],
        on_settled: Callable[[Mapping[int, bool]], None],
        on_asked: Callable[[], None],
        wait_s: float,
    ) -> None:
        self._wait_s = wait_s
        self._settings = settings
        self._on_marked = on_marked
        self._on_settled = on_settled
        self._on_asked = on_asked
        self._marked = self._asked = False
        self._settled: dict[int, bool] = {}
        self._others_until = 0.0
        self._own_pid = 0
        self._pending = asyncio.Event()

    def send_marked(self) -> None:
        self._marked = True
        self._pending.set()

    def send_asked(self) -> None:
        self._asked = True
        self._pending.set()

    def send_settled(self, outcomes: Mapping[int, bool]) -> None:
        self._settled.update(outcomes)
        if asyncio.get_running_loop().time() < self._others_until:
            self._pending.set()
        elif len(self._settled) > 2 * REMEMBERED:
            self._settled = dict(list(self._settled.items())[-REMEMBERED:])

    async def run(self) -> None:
        """Listens and sends until cancelled, over one session after another."""
        while True:
            try:
                await run_apart(self._run_once())
            except (OSError, TimeoutError, asyncpg.PostgresError, *CONNECTION_ERRORS) as error:
                log.info("signals interrupted", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RETRY_S)

    async def _run_once(self) -> None:
        session = await open_session(self._settings)
        ended = asyncio.Event()
        session.add_termination_listener(lambda _: (ended.set(), self._pending.set()))
        try:
            await session.execute("SET synchronous_commit = off")
            await session.add_listener(MARKED, self._receive)
            await session.add_listener(SETTLED, self._receive)
            await session.add_listener(ASKED, self._receive)
            self._on_marked()
            self._own_pid = session.get_server_pid()
            self._expect_others(UNHEARD_S)
            while not ended.is_set():
                await self._pending.wait()
                self._pending.clear()
                await self._send(session)
        finally:
            session.terminate()

    async def _send(self, session: Connection) -> None:
        if self._marked:
            self._marked = False
            await session.execute("SELECT pg_notify($1, '')", MARKED)
        if self._asked:
            self._asked = False
            await session.execute("SELECT pg_notify($1, '')", ASKED)
        if asyncio.get_running_loop().time() >= self._others_until:
            return
        settled, self._settled = list(self._settled.items()), {}
        for start in range(0, len(settled), OUTCOMES_PER_MESSAGE):
            part = dict(settled[start : start + OUTCOMES_PER_MESSAGE])
            await session.execute("SELECT pg_notify($1, $2)", SETTLED, render_outcomes(part))

    def _expect_others(self, wait_s: float) -> None:
        """For so long somebody else may be waiting for outcomes."""
        self._others_until = max(self._others_until, asyncio.get_running_loop().time() + wait_s)
        self._pending.set()

    def _receive(self, _session: Any, pid: int, channel: str, payload: str) -> None:
        if channel == MARKED:
            self._on_marked()
            if pid != self._own_pid:
                self._expect_others(self._wait_s)
        elif channel == ASKED:
            self._on_asked()
        else:
            self._on_settled(parse_outcomes(payload))


def render_outcomes(outcomes: Mapping[int, bool]) -> str:
    """Revisions separated by commas; one that has an owner in quarantine is negative."""
    return ",".join(str(revision if outcome else -revision) for revision, outcome in outcomes.items())


def parse_outcomes(payload: str) -> dict[int, bool]:
    numbers = [int(text) for text in payload.split(",")]
    return {abs(number): number > 0 for number in numbers}
