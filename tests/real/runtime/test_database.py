"""What a handler is told when PostgreSQL is away, and what is not PostgreSQL's fault."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.lab.daemons.postgres import Postgres
from runtime.database import Database, DatabaseSettings
from runtime.errors import Unavailable
from tests.daemons.sandbox import sandbox


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


async def test_file_error_of_a_handler_is_its_own(database: Database, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            (tmp_path / "absent").read_bytes()


async def test_transaction_that_raises_leaves_nothing(database: Database) -> None:
    async with database.connection() as conn:
        await conn.execute("CREATE TABLE kept (n int)")
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as conn:
            await conn.execute("INSERT INTO kept VALUES (1)")
            raise ZeroDivisionError
    async with database.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM kept") == 0


async def test_connection_that_the_server_ends_is_unavailable_once(database: Database) -> None:
    with pytest.raises(Unavailable):
        async with database.connection() as conn:
            await conn.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
    async with database.connection() as conn:
        assert await conn.fetchval("SELECT 1") == 1


async def test_server_that_is_away_is_unavailable_until_it_is_back() -> None:
    with sandbox("postgres") as directory:
        server = Postgres(directory, durable=False)
        await server.start()
        database = await Database.open(DatabaseSettings(host=str(directory), name="postgres", user="postgres"))
        try:
            await server.kill()
            with pytest.raises(Unavailable):
                async with database.transaction() as conn:
                    await conn.fetchval("SELECT 1")
            await server.start()
            async with database.transaction() as conn:
                assert await conn.fetchval("SELECT 1") == 1
        finally:
            await database.close()
            await server.stop()
