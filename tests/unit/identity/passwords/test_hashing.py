"""Password hashes: parameters, strangers, and the bound on how many wait."""

import asyncio
import os

import pytest

from identity.passwords.hashing import NICENESS, Hasher
from runtime.errors import Unavailable


@pytest.fixture
def hasher() -> Hasher:
    return Hasher(threads=1, waiting=2)


async def test_hash_is_argon2id_as_owasp_recommends_and_salted(hasher: Hasher) -> None:
    first, second = await hasher.hash("secret"), await hasher.hash("secret")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert await hasher.verify(first, "secret")
    assert not await hasher.verify(first, "Secret")


async def test_threat_K14_nobody_has_no_password_not_even_the_dummy(hasher: Hasher) -> None:
    assert not await hasher.verify(None, "nobody has this password")


async def test_threat_K15_who_comes_when_the_line_is_full_is_told_to_come_back(hasher: Hasher) -> None:
    answers = await asyncio.gather(*(hasher.hash("secret") for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(answer, str) for answer in answers) == 3
    assert sum(isinstance(answer, Unavailable) for answer in answers) == 7
    assert await hasher.hash("secret")


async def test_threat_K15_loop_runs_on_while_passwords_are_hashed(hasher: Hasher) -> None:
    hashing = asyncio.create_task(hasher.hash("secret"))
    turns = 0
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 10


async def test_hashes_give_way_to_other_threads(hasher: Hasher) -> None:
    await hasher.hash("secret")
    threads = [int(thread) for thread in os.listdir("/proc/self/task")]
    assert NICENESS in {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads if thread != os.getpid()}
    assert os.getpriority(os.PRIO_PROCESS, os.getpid()) < NICENESS
