"""A cloud with two furnished tenants for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.database import DatabaseSettings
from tests.daemons.ovn import Ovn
from tests.real.authorization.world import World, running_world


@pytest.fixture
async def world(database_settings: DatabaseSettings, ovn: Ovn, tmp_path: Path) -> AsyncIterator[World]:
    async with running_world(database_settings, ovn, tmp_path) as furnished:
        yield furnished
