"""argon2id in a few threads of its own, with a bounded queue, so that logins hold up no other requests.

Parameters: OWASP Password Storage Cheat Sheet (19 MiB, two passes, one lane).
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2

from runtime.errors import Unavailable

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
NICENESS = 10
T = TypeVar("T")


class Hasher:
    """At most `threads` hashes at a time and `waiting` more in line; the next caller is told to come back."""

    def __init__(self, *, threads: int, waiting: int) -> None:
        self._argon2 = argon2.PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="argon2", initializer=_give_way)
        self._room = threads + waiting
        self._nobodys_hash = self._argon2.hash("nobody has this password")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._argon2.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether `password` made the hash. None (no such user, no password) costs the same time and is False."""
        matches = await self._run(lambda: self._matches(password_hash or self._nobodys_hash, password))
        return matches and password_hash is not None

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except argon2.exceptions.VerificationError:
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._room <= 0:
            raise Unavailable("Too many logins at once; try again.")
        self._room -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._room += 1


def _give_way() -> None:
    """Lets other threads run first, the event loop among them, and still gets a tenth of a processor that is wanted by
    all. Linux keeps a niceness for each thread."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
