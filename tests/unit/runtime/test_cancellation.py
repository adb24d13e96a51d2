"""Loops that take errors and go on: an error that arises as they are told to stop does not keep them going."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

import pytest

from northbound.translation.signals import Signals
from runtime.bus.delivery import handle_until_done
from runtime.bus.interface import Limits, Message, Statistics
from runtime.bus.reconnecting import Reconnecting
from runtime.cancellation import run_apart
from runtime.database import DatabaseSettings
from runtime.reconciler import Reconciler

Work = Callable[..., Awaitable[None]]
LIMITS = Limits(retry_first_s=0.001, reconnect_first_s=0.001)


def reconciler(work: Work) -> Coroutine[None, None, None]:
    return Reconciler("test", work, period_s=0.001).run()


def reconnecting(work: Work) -> Coroutine[None, None, None]:
    return Reconnecting(work, LIMITS, Statistics())._run()


def delivery(work: Work) -> Coroutine[None, None, None]:
    return handle_until_done(Message("topic", "key", b"", "sender", 1), work, LIMITS, Statistics())


def signals(work: Work) -> Coroutine[None, None, None]:
    listening = Signals(DatabaseSettings("nowhere"), lambda: None, lambda _: None, lambda: None, 5)
    listening._run_once = work
    return listening.run()


@pytest.mark.parametrize("loop", [reconciler, reconnecting, delivery, signals])
async def test_error_while_being_cancelled_ends_the_loop(
    loop: Callable[[Work], Coroutine[None, None, None]],
) -> None:
    at_work, again = asyncio.Event(), asyncio.Event()

    async def work(*_: object) -> None:
        if at_work.is_set():
            again.set()
            await asyncio.Event().wait()
        at_work.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("the connection broke as well")

    task = asyncio.create_task(loop(work))
    await at_work.wait()
    task.cancel()
    await asyncio.wait([task, going_on := asyncio.create_task(again.wait())], return_when=asyncio.FIRST_COMPLETED)
    for one in (task, going_on):
        one.cancel()
    await asyncio.wait([task, going_on])
    assert not again.is_set()


async def test_group_that_failed_before_does_not_look_like_being_cancelled() -> None:
    """Python 3.11 leaves the task that waited for the group marked as being cancelled."""
    passes = 0

    async def fail() -> None:
        raise OSError

    async def work() -> None:
        nonlocal passes
        passes += 1
        if passes == 3:
            done.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())

    done = asyncio.Event()
    task = asyncio.create_task(reconciler(work))
    async with asyncio.timeout(10):
        await done.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_what_runs_apart_has_ended_when_its_caller_is_cancelled() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    task = asyncio.create_task(run_apart(work()))
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert ended.is_set()
