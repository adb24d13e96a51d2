"""A cloud of one control process without HTTP, over the real bus and the real database."""

from collections.abc import AsyncIterator

import pytest

from runtime.database import Database, DatabaseSettings
from tests.real.compute.servers.ground import Ground
from tests.real.compute.tasks.cloud import Cloud


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    opened = await Database.open(database_settings)
    yield opened
    await opened.close()


@pytest.fixture
async def cloud(database: Database) -> AsyncIterator[Cloud]:
    async with Cloud(await Ground.lay(database)).running() as started:
        yield started
