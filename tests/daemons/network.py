"""The identity, network and load-balancer APIs of a control process, on a loopback port, in front of OVN's central side."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from identity import application as identity_api
from identity.assembly import IDENTITY, open_identity
from identity.audit.watch import refused
from identity.authentication import authenticate
from identity.bootstrap import bootstrap
from identity.policy import POLICY, Policy
from identity.settings import IdentitySettings
from northbound import application as network_api
from northbound.assembly import services
from northbound.balancing import application as balancing_api
from northbound.translation.service import Translation, TranslationSettings
from runtime.database import Database, DatabaseSettings
from runtime.metrics import HttpMetrics
from runtime.web.application import build
from runtime.web.keys import DATABASE
from southbound.ovsdb.session import SessionSettings
from tests.daemons.identity import ADMIN_PASSWORD, bootstrap_options
from tests.daemons.ovn import Ovn
from tests.daemons.sandbox import free_port
from tests.real.northbound.translation.cloud import running, until_leading


@dataclass(frozen=True)
class NetworkServer:
    """`auth_url` is the identity API's, whose catalogue knows the rest."""

    auth_url: str
    ovn: Ovn
    admin_password: str = ADMIN_PASSWORD


@pytest.fixture
async def network_server(
    database_settings: DatabaseSettings, identity_settings: IdentitySettings, ovn: Ovn
) -> AsyncIterator[NetworkServer]:
    """A bootstrapped cloud's identity, network and load-balancer APIs."""
    port = free_port()
    database = await Database.open(database_settings)
    sessions = SessionSettings(ovn.northbound.remote), SessionSettings(ovn.southbound.remote)
    translation = Translation(database, database_settings, TranslationSettings(*sessions), holder="test")
    try:
        await bootstrap(database, identity_settings, bootstrap_options(f"http://127.0.0.1:{port}"))
        async with open_identity(identity_settings, database, database_settings) as identity, running(translation):
            await until_leading(translation)
            application = build(
                [identity_api.API, network_api.API, balancing_api.API],
                authenticate,
                HttpMetrics(CollectorRegistry()),
                refused,
            )
            application[IDENTITY] = identity
            application[DATABASE] = database
            for key, service in services(database, translation).items():
                application[key] = service
            application[POLICY] = Policy([*identity_api.RULES, *network_api.RULES, *balancing_api.RULES])
            runner = web.AppRunner(application)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", port).start()
                yield NetworkServer(f"http://127.0.0.1:{port}/identity", ovn)
            finally:
                await runner.cleanup()
    finally:
        await database.close()
