"""OVN and a database of the test's own: these tests stop and empty them."""

from collections.abc import AsyncIterator

import pytest

from northbound.translation.service import Translation
from runtime.database import Database, DatabaseSettings
from tests.daemons.ovn import Ovn, running_ovn
from tests.daemons.sandbox import sandbox
from tests.real.northbound.translation.cloud import Cloud, running, until_leading


@pytest.fixture
async def ovn() -> AsyncIterator[Ovn]:
    with sandbox("ovn") as directory:
        async with running_ovn(directory) as central:
            yield central


@pytest.fixture
async def cloud(database_settings: DatabaseSettings, ovn: Ovn) -> AsyncIterator[Cloud]:
    database = await Database.open(database_settings)
    yield Cloud(database, database_settings, ovn)
    await database.close()


@pytest.fixture
async def translation(cloud: Cloud) -> AsyncIterator[Translation]:
    translation = cloud.translation()
    async with running(translation):
        await until_leading(translation)
        yield translation
