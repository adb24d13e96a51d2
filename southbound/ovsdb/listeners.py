"""Listeners that come and go: each hears for as long as a block of its task lasts, and fails alone."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Callback = Callable[..., None]


@contextmanager
def listening(listeners: list[Callback], callback: Callback) -> Iterator[None]:
    """`callback` is among `listeners` while the block lasts. What it raises ends the block, which must not be left by
    the task in the meantime, and is raised by it; the other listeners and who calls them go on."""
    task, failures = asyncio.current_task(), []

    def guarded(*arguments: Any) -> None:
        if failures:
            return
        try:
            callback(*arguments)
        except Exception as error:
            failures.append(error)
            task.cancel()

    listeners.append(guarded)
    try:
        yield
    except asyncio.CancelledError:
        if failures and task.uncancel() == 0:
            raise failures[0] from None
        raise
    finally:
        listeners.remove(guarded)
