"""The compute API over HTTP: real PostgreSQL, real tasks, and agents that obey at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from compute.application import API, RULES
from compute.keypairs.maker import KEY_MAKER, KeyMaker
from compute.messages import ConsoleTail, decode_for_agent
from compute.servers.console import CONSOLE, ConsoleDesk
from compute.servers.writes import TASKS
from northbound.translation.service import TRANSLATION, Translation, TranslationSettings
from runtime.database import Database, DatabaseSettings
from southbound.ovsdb.session import SessionSettings
from tests.applications import serving
from tests.real.compute.servers.ground import insert_flavor, insert_image, report_host
from tests.real.northbound.networking import insert_network
from tests.wire.compute.agents import ObedientAgents


class Desk:
    """A bus whose agent answers every console question with a login prompt."""

    def __init__(self) -> None:
        self.desk = ConsoleDesk(self, "control", timeout_s=2)

    async def publish(self, topic: str, body: bytes, *, key: str) -> None:
        asked = decode_for_agent(body)
        host = topic.removeprefix("agent.")
        self.desk.answer(ConsoleTail(asked.id, host, asked.server_id, "booting\nlogin:\n"), host)


class Cloud:
    """The API as a client sees it. Alice's project `red` has one network; a host has room for 16 servers."""

    def __init__(self, client: TestClient, database: Database, agents: ObedientAgents) -> None:
        self.client = client
        self.database = database
        self.agents = agents
        self.image_id = self.network_id = ""

    async def furnish(self) -> None:
        async with self.database.transaction() as conn:
            await report_host(conn)
            await insert_flavor(conn)
            self.image_id = await insert_image(conn)
            network, _ = await insert_network(conn, "10.50.0.0/16", project_id="red", name="mynetwork")
        self.network_id = network.id

    async def call(
        self, method: str, path: str, body: Any = None, *, user: str = "alice", version: str = "2.96"
    ) -> tuple[int, Any]:
        """(status, JSON body or None)."""
        response = await self.raw(method, path, body, user=user, version=version)
        content = await response.read()
        return response.status, await response.json() if content else None

    async def raw(
        self, method: str, path: str, body: Any = None, *, user: str = "alice", version: str | None = "2.96"
    ) -> ClientResponse:
        headers = {"X-Auth-Token": user} | ({"OpenStack-API-Version": f"compute {version}"} if version else {})
        return await self.client.request(method, f"/compute/v2.1{path}", json=body, headers=headers)

    async def create(self, *, user: str = "alice", version: str = "2.96", **said: Any) -> str:
        """The id of a new server that was accepted."""
        body = {"name": "web", "flavorRef": "nano", "imageRef": self.image_id, "networks": "auto"} | said
        status, answer = await self.call("POST", "/servers", {"server": body}, user=user, version=version)
        assert status == 202, answer
        return answer["server"]["id"]

    async def show(self, server_id: str, *, user: str = "alice", version: str = "2.96") -> dict[str, Any]:
        status, answer = await self.call("GET", f"/servers/{server_id}", user=user, version=version)
        assert status == 200, answer
        return answer["server"]

    async def until(self, server_id: str, status: str) -> dict[str, Any]:
        """The server once it is at rest in `status`."""
        async with asyncio.timeout(10):
            while True:
                server = await self.show(server_id)
                if server["status"] == status and server["OS-EXT-STS:task_state"] is None:
                    return server
                await asyncio.sleep(0.02)

    async def until_gone(self, server_id: str) -> None:
        async with asyncio.timeout(10):
            while (await self.call("GET", f"/servers/{server_id}"))[0] != 404:
                await asyncio.sleep(0.02)


@pytest.fixture
async def cloud(database_settings: DatabaseSettings) -> AsyncIterator[Cloud]:
    database = await Database.open(database_settings)
    agents = ObedientAgents(database)
    nowhere = SessionSettings(("unix:/nonexistent",))
    translation = Translation(database, database_settings, TranslationSettings(nowhere, nowhere), holder="test")
    key_maker = KeyMaker()
    services = {TASKS: agents.runner, TRANSLATION: translation, CONSOLE: Desk().desk, KEY_MAKER: key_maker}
    running = asyncio.create_task(agents.runner.run())
    try:
        async with serving(database_settings, [API], RULES, services) as client:
            made = Cloud(client, database, agents)
            await made.furnish()
            yield made
    finally:
        running.cancel()
        await asyncio.wait([running])
        key_maker.close()
        await database.close()
