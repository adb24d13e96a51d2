"""What control processes tell each other: outcomes only as long as somebody else may wait for them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from deploy.lab.daemons.waiting import until
from northbound.translation import signals
from northbound.translation.signals import Signals
from runtime.database import DatabaseSettings, open_session

pytestmark = pytest.mark.real


async def comes_true(fact: Callable[[], bool]) -> None:
    async def told() -> bool:
        return fact()

    await until(told, 10)


class Process:
    """One control process' signals, and what it heard."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self.heard: dict[int, bool] = {}
        self.marks_heard = 0
        self.signals = Signals(settings, self._hear_marked, self.heard.update, lambda: None, 30)

    def _hear_marked(self) -> None:
        self.marks_heard += 1


@asynccontextmanager
async def listening(process: Process) -> AsyncIterator[Process]:
    task = asyncio.create_task(process.signals.run())
    await comes_true(lambda: process.marks_heard == 1)
    yield process
    task.cancel()


async def test_outcomes_are_kept_until_somebody_else_speaks(
    database_settings: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "UNHEARD_S", 0.0)
    sent: list[str] = []
    witness = await open_session(database_settings)
    await witness.add_listener(signals.SETTLED, lambda *said: sent.append(said[3]))
    async with listening(Process(database_settings)) as leader:
        leader.signals.send_settled({1: True})
        leader.signals.send_marked()
        await comes_true(lambda: leader.marks_heard == 2)
        await witness.execute("SELECT 1")
        assert not sent, "nobody else is there"
        async with listening(Process(database_settings)) as other:
            other.signals.send_marked()
            await comes_true(lambda: other.heard == {1: True})
            leader.signals.send_settled({2: False})
            await comes_true(lambda: other.heard == {1: True, 2: False})
    await witness.close()
