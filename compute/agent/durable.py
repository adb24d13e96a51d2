"""Files that are there whole or not at all, also after a power cut, and work on them that nobody can interrupt."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def publish(unfinished: Path, finished: Path) -> None:
    """Give a finished file its name, replacing what had it. Blocks until both are on disk."""
    _sync(unfinished)
    unfinished.rename(finished)
    _sync(finished.parent)


async def in_thread(function: Callable[..., T], *arguments: object, threads: Executor | None = None) -> T:
    """What a blocking function returns. A caller that is cancelled waits for its end first.

    A thread cannot be stopped: whoever acts next must see all that this call did.
    """
    call = asyncio.get_running_loop().run_in_executor(threads, function, *arguments)
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait([call])
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
