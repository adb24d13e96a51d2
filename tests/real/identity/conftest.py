"""Tenants of a bootstrapped cloud, seen by one process of it or by two."""

from collections.abc import AsyncIterator

import pytest

from identity.settings import IdentitySettings
from runtime.database import DatabaseSettings
from tests.daemons.identity import IdentityServer
from tests.identity_http import Http
from tests.real.identity.processes import TwoProcesses, a_second_process
from tests.tenants import Cloud, as_admin, furnish, without_token


@pytest.fixture
async def anonymous(identity_server: IdentityServer) -> AsyncIterator[Http]:
    async with without_token(identity_server) as http:
        yield http


@pytest.fixture
async def admin(anonymous: Http, identity_server: IdentityServer) -> Http:
    return await as_admin(anonymous, identity_server)


@pytest.fixture
async def cloud(admin: Http) -> Cloud:
    return await furnish(admin)


@pytest.fixture
async def processes(
    identity_server: IdentityServer, identity_settings: IdentitySettings, database_settings: DatabaseSettings
) -> AsyncIterator[TwoProcesses]:
    async with a_second_process(identity_server, identity_settings, database_settings) as both:
        yield both
