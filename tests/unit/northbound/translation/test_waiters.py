"""Waiting for a revision, whoever comes first."""

import asyncio

from northbound.translation.waiters import REMEMBERED, Waiters


async def test_an_outcome_that_came_first_is_remembered():
    waiters = Waiters()
    waiters.tell({7: True, 8: False})
    assert await waiters.wait(7, 0) is True
    assert await waiters.wait(8, 0) is False


async def test_all_who_wait_are_told():
    waiters = Waiters()
    waiting = [asyncio.create_task(waiters.wait(7, 10)) for _ in range(3)]
    await asyncio.sleep(0)
    waiters.tell({7: True})
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_nobody_waits_for_ever_and_nothing_is_left_behind():
    waiters = Waiters()
    assert await waiters.wait(7, 0.001) is None
    assert not waiters._waiting


async def test_only_so_many_outcomes_are_remembered():
    waiters = Waiters()
    waiters.tell(dict.fromkeys(range(REMEMBERED + 10), True))
    assert await waiters.wait(0, 0) is None
    assert await waiters.wait(REMEMBERED + 9, 0) is True
