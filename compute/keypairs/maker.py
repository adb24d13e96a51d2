"""Where key pairs are generated: one thread of their own, and a short line before it.

Generating costs CPU and anybody may ask for it. In the threads that everything else shares, a burst of requests would
hold up files and images, too.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from compute.keypairs.keys import KeyPair, generate
from runtime.errors import Unavailable

MOST_AT_ONCE = 16
"""Requests that wait or are served, which is some seconds of CPU at most."""
RETRY_AFTER_S = 2


class KeyMaker:
    """Makes key pairs one after the other; `make` blocks its thread. The application has one, and closes it."""

    def __init__(self, make: Callable[[], KeyPair] = generate) -> None:
        self._make = make
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keypairs")
        self._asked = 0

    async def make(self) -> KeyPair:
        """Raises Unavailable when MOST_AT_ONCE others are waiting already."""
        if self._asked >= MOST_AT_ONCE:
            raise Unavailable(
                "Too many keypairs are being generated. Try again, or give keypair.public_key of a key that you made.",
                retry_after_s=RETRY_AFTER_S,
            )
        self._asked += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._make)
        finally:
            self._asked -= 1

    def close(self) -> None:
        """Whoever still waits is cancelled; the key that is being made is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)


KEY_MAKER = web.AppKey("key_maker", KeyMaker)
