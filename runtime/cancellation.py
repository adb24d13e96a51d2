"""Being told to stop, which an error at the same moment must not hide.

An error takes the place of CancelledError when a task is cancelled while it deals with one: a rollback that fails hides
why it was tried, and a TaskGroup raises what its tasks raised and forgets that it was cancelled (Python before 3.13;
`Task.cancelling` does not tell either, as 3.11 also leaves it raised after a group whose task failed). A loop that takes
errors and goes on would run for ever then, and whoever waits for its end with it.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


async def run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Runs `work` in a task of its own to its end; raises what it raises, and CancelledError whenever we are cancelled.

    For the body of a loop that takes errors and goes on. `work` is cancelled with us and has ended when this ends.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            log.info("error while stopping", reason=f"{type(error).__name__}: {error}")
        raise
    task.result()
