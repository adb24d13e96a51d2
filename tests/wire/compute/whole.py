"""A whole control process in the test's event loop: every API, real tokens, PostgreSQL, OVN and the agents' bus.

Only the hypervisor is missing: the agent of host1 connects as agents do, and obeys at once.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry

from compute.images.settings import ImageSettings
from deploy.control import assemble
from deploy.settings import ControlSettings
from identity.bootstrap import bootstrap
from identity.settings import IdentitySettings
from northbound.translation.service import TranslationSettings
from runtime.bus.websocket_client import WebSocketClient
from runtime.database import Database, DatabaseSettings
from southbound.ovsdb.session import SessionSettings
from tests.daemons.identity import ADMIN_PASSWORD, AGENT_PASSWORD, bootstrap_options
from tests.daemons.ovn import Ovn
from tests.daemons.sandbox import free_port
from tests.official.client import Ran, run_openstack
from tests.real.compute.tasks.agents import BUS_LIMITS, ObedientAgent, obey

HOST = "host1"


class WholeCloud:
    """`url` is the base of all APIs; `agent.told` holds what host1 was told."""

    def __init__(self, url: str, database: Database, directory: Path) -> None:
        self.url = url
        self.database = database
        self.directory = directory
        bus = WebSocketClient(f"{url}/meridian/v1/bus", self._agent_token, limits=BUS_LIMITS)
        self.agent = ObedientAgent(HOST, bus, obey)

    async def openstack(self, *arguments: str, must: bool = True, **replaced: str) -> Ran:
        """What the official client answers, as administrator unless OS_ variables say otherwise."""
        environ = {
            "OS_AUTH_URL": f"{self.url}/identity",
            "OS_IDENTITY_API_VERSION": "3",
            "OS_USERNAME": "admin",
            "OS_PASSWORD": ADMIN_PASSWORD,
            "OS_PROJECT_NAME": "admin",
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_REGION_NAME": "RegionOne",
        } | replaced
        ran = await run_openstack(environ, *arguments)
        assert not must or ran.code == 0, f"openstack {' '.join(arguments)}: {ran.err}\n{ran.out}"
        return ran

    async def value(self, column: str, *arguments: str) -> str:
        """One column of what the client shows."""
        return (await self.openstack(*arguments, "-f", "value", "-c", column)).out

    async def _agent_token(self) -> str:
        user = {"name": f"agent-{HOST}", "password": AGENT_PASSWORD, "domain": {"id": "default"}}
        scope = {"project": {"name": "service", "domain": {"id": "default"}}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": scope}}
        url = f"{self.url}/identity/v3/auth/tokens"
        async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
            assert response.status == 201, await response.text()
            return response.headers["X-Subject-Token"]


@asynccontextmanager
async def running_cloud(database_settings: DatabaseSettings, ovn: Ovn, directory: Path) -> AsyncIterator[WholeCloud]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (directory / "images").mkdir()
    settings = ControlSettings(
        database=database_settings,
        identity=IdentitySettings(key_directory=directory / "keys"),
        images=ImageSettings(directory / "images"),
        ovn=TranslationSettings(SessionSettings(ovn.northbound.remote), SessionSettings(ovn.southbound.remote)),
    )
    async with AsyncExitStack() as parts:
        database = await Database.open(database_settings)
        parts.push_async_callback(database.close)
        await bootstrap(database, settings.identity, bootstrap_options(url))
        application = await assemble(settings, CollectorRegistry(), parts)
        runner = web.AppRunner(application, access_log=None, auto_decompress=False, shutdown_timeout=0.1)
        await runner.setup()
        parts.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        cloud = WholeCloud(url, database, directory)
        parts.push_async_callback(cloud.agent.bus.close)
        await cloud.agent.connect()
        await cloud.agent.inventory()
        yield cloud
