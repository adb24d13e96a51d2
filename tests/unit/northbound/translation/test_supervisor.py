"""The parts of a leader: each fails alone and is made anew."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from northbound.translation import supervisor
from northbound.translation.leadership import LeadershipLost
from northbound.translation.supervisor import supervise
from runtime.errors import Unavailable


class Scripted:
    """A part whose life ends with `error`, or goes on when there is none."""

    def __init__(self, error: Exception | None) -> None:
        self.is_running = asyncio.Event()
        self._error = error

    async def run(self) -> None:
        self.is_running.set()
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()


def lives(*errors: Exception | None) -> tuple[list[Scripted], Callable[[], Scripted]]:
    """(the parts that were made, what makes the next)"""
    made: list[Scripted] = []

    def make() -> Scripted:
        made.append(Scripted(errors[len(made)]))
        return made[-1]

    return made, make


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which took any time."""
    seen: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        seen.append(seconds)
        await sleep(0)

    monkeypatch.setattr(supervisor.asyncio, "sleep", pause)
    return seen


async def test_part_that_fails_is_made_anew_after_growing_pauses(pauses: list[float]) -> None:
    failures: Counter[str] = Counter()
    made, make = lives(ValueError("a fault"), Unavailable("PostgreSQL is away"), KeyError("another"), None)
    running = asyncio.create_task(supervise("port_status", make, failures))
    async with asyncio.timeout(5):
        while len(made) < 4:
            await asyncio.wait([running], timeout=0.01)
        await made[3].is_running.wait()
    running.cancel()
    await asyncio.wait([running])
    assert failures == {"port_status": 3}
    assert pauses[:3] == [0.1, 0.2, 0.4]
    assert len(set(map(id, made))) == 4


async def test_part_that_cannot_even_be_made_is_tried_again(pauses: list[float]) -> None:
    made, make = lives(None)
    faults = [ValueError("a fault")]

    def make_at_last() -> Scripted:
        if faults:
            raise faults.pop()
        return make()

    running = asyncio.create_task(supervise("agents", make_at_last, Counter()))
    async with asyncio.timeout(5):
        while not made:
            await asyncio.wait([running], timeout=0.01)
    running.cancel()
    await asyncio.wait([running])
    assert pauses


async def test_part_that_finds_the_lock_lost_ends_the_reign() -> None:
    _, make = lives(LeadershipLost("OVN no longer carries our term"))
    with pytest.raises(LeadershipLost):
        await supervise("reconcile", make, Counter())
