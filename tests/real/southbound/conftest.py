"""A northbound database alone: without northd nobody but the test writes to it."""

from collections.abc import AsyncIterator

import pytest

from deploy.lab.daemons.ovn import northbound_server
from deploy.lab.daemons.ovsdb import OvsdbServer
from tests.daemons.sandbox import sandbox


@pytest.fixture
async def northbound() -> AsyncIterator[OvsdbServer]:
    with sandbox("nb") as directory:
        server = northbound_server(directory)
        await server.start()
        yield server
        await server.stop()
