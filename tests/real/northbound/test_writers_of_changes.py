"""All who write records of changes at once, in whatever order they name them: nobody waits in a circle."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest

from northbound.changes import store
from northbound.changes.change import Pending
from northbound.translation import marks
from runtime.database import Connection, Database, DatabaseSettings

pytestmark = pytest.mark.real

REQUESTS = [f"req-{number:03}" for number in range(200)]
ROUNDS = 15

Write = Callable[[Connection, list[str]], Awaitable[object]]


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


def pending(request_ids: list[str]) -> list[Pending]:
    return [
        Pending(request_id=said, committed_at=None, concerned=[], nb_cfg=1, processed_at=None, in_place={})
        for said in request_ids
    ]


async def note(conn: Connection, request_ids: list[str]) -> None:
    await marks.mark(conn, "network", str(uuid4()))
    await store.note(conn, request_ids, "p")


async def number(conn: Connection, request_ids: list[str]) -> None:
    await store.number(conn, pending(request_ids), 1)


async def advance(conn: Connection, request_ids: list[str]) -> None:
    await store.advance(conn, pending(request_ids))


async def clear(conn: Connection, _request_ids: list[str]) -> None:
    await marks.clear(conn, await marks.take(conn, 10))


async def prune(conn: Connection, _request_ids: list[str]) -> None:
    await store.prune(conn, 0)


@pytest.mark.parametrize("others", [[advance], [number], [clear, advance], [prune, advance]])
async def test_writers_of_changes_never_wait_in_a_circle(database: Database, others: list[Write]) -> None:
    async def keep_writing(write: Write, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(ROUNDS):
            async with database.transaction() as conn:
                await write(conn, chance.sample(REQUESTS, len(REQUESTS)))

    async with database.transaction() as conn:
        await note(conn, REQUESTS)
    await asyncio.gather(*(keep_writing(write, seed) for seed, write in enumerate([note, note, *others, *others])))
