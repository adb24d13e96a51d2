"""Marks in a real database: appended without waiting, taken in order, cleared by what was read."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from northbound.translation import marks
from runtime.database import Database, DatabaseSettings

pytestmark = pytest.mark.real


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


async def test_marks_of_one_transaction_share_its_revision(database: Database) -> None:
    async with database.transaction() as conn:
        first = await marks.mark(conn, "network", "n1")
        assert await marks.mark(conn, "port", "p1", "p2") == first
    async with database.connection() as conn:
        taken = await marks.take(conn, 10)
    assert [mark.owner for mark in taken] == ["network/n1", "port/p1", "port/p2"]
    assert {mark.revision for mark in taken} == {first}


async def test_two_transactions_mark_one_owner_without_waiting(database: Database) -> None:
    async with asyncio.timeout(5), database.transaction() as one, database.transaction() as two:
        assert await marks.mark(one, "port", "p1") != await marks.mark(two, "port", "p1")


async def test_only_what_was_taken_is_cleared(database: Database) -> None:
    async with database.transaction() as conn:
        revision = await marks.mark(conn, "port", "p1", "p2")
    async with database.transaction() as conn:
        later = await marks.mark(conn, "port", "p1")
    async with database.transaction() as conn:
        taken = await marks.take(conn, 1)
        assert [mark.owner for mark in taken] == ["port/p1", "port/p2"]
        await marks.clear(conn, taken)
        assert await marks.is_settled(conn, revision)
        assert not await marks.is_settled(conn, later)


async def test_a_transaction_that_is_rolled_back_marks_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as conn:
            await marks.mark(conn, "port", "p1")
            raise ZeroDivisionError
    async with database.connection() as conn:
        assert await marks.take(conn, 10) == []
