"""What the tests of the network API's stores start from."""

from collections.abc import AsyncIterator

import pytest

from runtime.database import Database, DatabaseSettings


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    opened = await Database.open(database_settings)
    yield opened
    await opened.close()
