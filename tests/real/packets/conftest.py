"""The laboratory of a run."""

from collections.abc import AsyncIterator

import pytest

from deploy.lab.daemons.postgres import Postgres
from runtime.database import DatabaseSettings
from tests.daemons.hypervisor import running_chassis
from tests.daemons.ovn import running_ovn
from tests.daemons.postgres import clone_database, drop_database
from tests.daemons.sandbox import sandbox
from tests.real.northbound.api import network_api
from tests.real.packets.laboratory import Laboratory


@pytest.fixture(scope="session")
async def lab(postgres: Postgres, migrated_template: str) -> AsyncIterator[Laboratory]:
    name = await clone_database(postgres, migrated_template)
    settings = DatabaseSettings(host=str(postgres.directory), name=name, user="postgres")
    try:
        with sandbox("central") as central, sandbox("lab") as directory:
            async with (
                running_ovn(central) as ovn,
                running_chassis("host-1", ovn, directory) as chassis,
                network_api(settings, ovn) as api,
            ):
                laboratory = Laboratory(api, chassis)
                await laboratory.prepare()
                yield laboratory
                await laboratory.close()
    finally:
        await drop_database(postgres, name)
