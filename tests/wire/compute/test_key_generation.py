"""More requests for new key pairs than can be served: real HTTP and PostgreSQL, a generator that the test holds."""

import asyncio
import threading

import pytest

from compute.application import API, RULES
from compute.keypairs.keys import KeyPair, generate
from compute.keypairs.maker import KEY_MAKER, MOST_AT_ONCE, KeyMaker
from runtime.database import DatabaseSettings
from tests.applications import serving

pytestmark = pytest.mark.real
TOO_MANY = 5


async def test_burst_is_refused_beyond_its_line_and_leaves_the_shared_threads_free(database_settings: DatabaseSettings):
    free, pair = threading.Event(), generate()

    def held() -> KeyPair:
        free.wait()
        return pair

    maker = KeyMaker(held)
    try:
        async with serving(database_settings, [API], RULES, {KEY_MAKER: maker}) as client:

            async def ask(name: str) -> tuple[int, str | None]:
                draft = {"keypair": {"name": name}}
                headers = {"X-Auth-Token": "alice"}
                async with client.post("/compute/v2.1/os-keypairs", json=draft, headers=headers) as response:
                    return response.status, response.headers.get("Retry-After")

            asking = [asyncio.create_task(ask(f"key-{number}")) for number in range(MOST_AT_ONCE + TOO_MANY)]
            answers = asyncio.as_completed(asking)
            assert [await next(answers) for _ in range(TOO_MANY)] == [(503, "2")] * TOO_MANY
            assert await asyncio.to_thread(free.is_set) is False
            free.set()
            assert [await answer for answer in answers] == [(200, None)] * MOST_AT_ONCE
            assert await ask("later") == (200, None)
    finally:
        free.set()
        maker.close()
