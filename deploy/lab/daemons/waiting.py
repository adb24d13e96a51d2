"""Waiting for a fact, for daemons that cannot tell us when it comes true."""

import asyncio
from collections.abc import Awaitable, Callable

POLL_S = 0.02


async def until(fact: Callable[[], Awaitable[bool]], timeout_s: float, every_s: float = POLL_S) -> None:
    """Return as soon as `fact()` is true, asking every `every_s`. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not await fact():
            await asyncio.sleep(every_s)


async def socket_accepts(path: str) -> bool:
    """Whether someone accepts connections on the unix socket `path`."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    writer.close()
    return True
