"""The identity API as a control process serves it, in the test's own event loop, on a loopback port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from identity.application import API, RULES
from identity.assembly import IDENTITY, Identity, open_identity
from identity.audit import routes as audit
from identity.audit.watch import refused
from identity.authentication import authenticate
from identity.bootstrap import Agent, BootstrapOptions, bootstrap
from identity.policy import POLICY, Policy
from identity.settings import IdentitySettings
from runtime.database import Database, DatabaseSettings
from runtime.metrics import HttpMetrics
from runtime.settings import Secret
from runtime.web.application import build
from runtime.web.faults import plain_envelope
from runtime.web.keys import DATABASE
from runtime.web.routes import Api
from tests.daemons.sandbox import free_port, sandbox

AUDIT = Api("meridian", "/meridian/v1", audit.ROUTES, plain_envelope)
ADMIN_PASSWORD = "an admin's password"
AGENT_PASSWORD = "an agent's password"


@dataclass(frozen=True)
class IdentityServer:
    """`url` ends in /identity; the agent is that of host1."""

    url: str
    identity: Identity
    database: Database
    admin_password: str = ADMIN_PASSWORD
    agent_password: str = AGENT_PASSWORD


@pytest.fixture
async def identity_settings() -> AsyncIterator[IdentitySettings]:
    with sandbox("identity") as directory:
        yield IdentitySettings(
            key_directory=directory / "keys", feed_period_s=0.5, key_period_s=0.1, directory_period_s=0.5
        )


@pytest.fixture
async def identity_server(
    database_settings: DatabaseSettings, identity_settings: IdentitySettings
) -> AsyncIterator[IdentityServer]:
    """A bootstrapped cloud's identity API."""
    port = free_port()
    database = await Database.open(database_settings)
    try:
        await bootstrap(database, identity_settings, bootstrap_options(f"http://127.0.0.1:{port}"))
        async with serve_identity(identity_settings, database_settings, port) as server:
            yield server
    finally:
        await database.close()


def bootstrap_options(base_url: str) -> BootstrapOptions:
    return BootstrapOptions(
        base_url=base_url,
        admin_password=Secret(ADMIN_PASSWORD),
        agents=(Agent("host1", Secret(AGENT_PASSWORD)),),
    )


@asynccontextmanager
async def serve_identity(
    settings: IdentitySettings, database_settings: DatabaseSettings, port: int
) -> AsyncIterator[IdentityServer]:
    """One more process of the same cloud, as far as identity can tell."""
    database = await Database.open(database_settings)
    try:
        async with open_identity(settings, database, database_settings) as identity:
            application = build([API, AUDIT], authenticate, HttpMetrics(CollectorRegistry()), refused)
            application[IDENTITY] = identity
            application[DATABASE] = database
            application[POLICY] = Policy([*RULES, *audit.RULES])
            runner = web.AppRunner(application)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", port).start()
                yield IdentityServer(f"http://127.0.0.1:{port}/identity", identity, database)
            finally:
                await runner.cleanup()
    finally:
        await database.close()
