"""A database with what servers stand on."""

from collections.abc import AsyncIterator

import pytest

from runtime.database import Database, DatabaseSettings
from tests.real.compute.servers.ground import Ground


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    opened = await Database.open(database_settings)
    yield opened
    await opened.close()


@pytest.fixture
async def ground(database: Database) -> Ground:
    return await Ground.lay(database)
