"""Listeners of a block: heard while it lasts, and failing alone."""

import asyncio

import pytest

from southbound.ovsdb.listeners import Callback, listening


def call(listeners: list[Callback], said: str) -> None:
    for listener in listeners:
        listener(said)


def fail(_said: str) -> None:
    raise KeyError("a fault")


async def test_listener_hears_while_the_block_lasts() -> None:
    heard: list[str] = []
    listeners: list[Callback] = []
    with listening(listeners, heard.append):
        call(listeners, "during")
    call(listeners, "after")
    assert heard == ["during"]


async def test_listener_that_raises_ends_its_block_alone() -> None:
    heard: list[str] = []
    listeners: list[Callback] = []
    began = asyncio.Event()

    async def block() -> None:
        with listening(listeners, fail):
            began.set()
            await asyncio.Event().wait()

    failing = asyncio.create_task(block())
    await began.wait()
    with listening(listeners, heard.append):
        call(listeners, "first")
        with pytest.raises(KeyError):
            await failing
        call(listeners, "second")
    assert heard == ["first", "second"]


async def test_block_that_is_cancelled_is_cancelled() -> None:
    began = asyncio.Event()

    async def block() -> None:
        with listening([], fail):
            began.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await began.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
