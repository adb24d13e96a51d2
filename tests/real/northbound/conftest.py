"""What the tests of the network API's stores start from."""

from collections.abc import AsyncIterator

import pytest

from runtime.database import Database, DatabaseSettings
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi, network_api
from tests.real.northbound.course import Course, lay_out


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    opened = await Database.open(database_settings)
    yield opened
    await opened.close()


@pytest.fixture
async def api(database_settings: DatabaseSettings, ovn: Ovn) -> AsyncIterator[NetworkApi]:
    """The network API, and OVN behind it, which holds nothing at first."""
    async with network_api(database_settings, ovn) as served:
        yield served


@pytest.fixture
async def course(api: NetworkApi) -> Course:
    return await lay_out(api)
