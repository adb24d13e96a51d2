"""PostgreSQL for the whole test run (one per xdist worker), and a database for each test."""

import re
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.lab.daemons.postgres import Postgres
from deploy.schema import PACKAGES, ROOT
from runtime.database import DatabaseSettings
from runtime.migrations import migrate
from tests.daemons.sandbox import sandbox


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """A PostgreSQL server that forgets on a crash, hence fast."""
    with sandbox("postgres") as directory:
        server = Postgres(directory, durable=False)
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


@pytest.fixture
async def database_url(postgres: Postgres) -> AsyncIterator[str]:
    """The address of an empty database of the test's own."""
    name = await clone_database(postgres, "template1")
    yield postgres.url(name)
    await drop_database(postgres, name)


@pytest.fixture(scope="session")
async def migrated_template(postgres: Postgres) -> str:
    """The name of a database with every package's migrations applied, to be cloned and never written."""
    name = await clone_database(postgres, "template1")
    await migrate(postgres.url(name), [ROOT / package / "migrations" for package in PACKAGES])
    return name


@pytest.fixture
async def database_settings(postgres: Postgres, migrated_template: str) -> AsyncIterator[DatabaseSettings]:
    """The settings of the test's own database, with every package's migrations applied."""
    name = await clone_database(postgres, migrated_template)
    yield DatabaseSettings(host=str(postgres.directory), name=name, user="postgres")
    await drop_database(postgres, name)


@pytest.fixture
def migrated_database(database_settings: DatabaseSettings) -> str:
    """The address of the test's own database, with every package's migrations applied."""
    return database_settings.url()


async def clone_database(server: Postgres, template: str) -> str:
    """Copy `template` (nobody may be connected to it) under a new name, and return the name."""
    name = f"test_{uuid.uuid4().hex}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


async def drop_database(server: Postgres, name: str) -> None:
    """Remove database `name`, closing the connections that are still open to it."""
    assert re.fullmatch(r"test_[0-9a-f]{32}", name)
    await _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
