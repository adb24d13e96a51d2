"""Control's task runner, dispatcher and report receiver, and agents that a test holds by the hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from aiohttp import web

from compute.agents.dispatch import Dispatcher
from compute.agents.reports import ReportReceiver
from compute.messages import (
    CONTROL_TOPIC,
    AbsentServer,
    DesiredServer,
    FromAgent,
    HostReport,
    HostResources,
    Hypervisor,
    ServerReport,
    agent_topic,
    decode_for_agent,
    encode,
)
from compute.servers import store as servers
from compute.servers.server import Server
from compute.tasks import store as tasks
from compute.tasks.engine import TaskRunner
from compute.tasks.task import Kind, Task
from deploy.lab.daemons.waiting import until
from runtime.bus.interface import Limits, Message
from runtime.bus.peer_link import Peer
from runtime.bus.websocket_client import WebSocketClient
from runtime.bus.websocket_server import WebSocketServer
from tests.daemons.sandbox import free_port
from tests.real.compute.servers.ground import ALICE, Ground

LIMITS = Limits(reconnect_first_s=0.02, reconnect_longest_s=0.1)
REQUEST_ID = "req-11111111-2222-4333-8444-555555555555"

Answer = Callable[[DesiredServer | AbsentServer], list[dict[str, Any]]]
"""From what an agent is told to the reports that it gives, each as changes to an obedient one."""


def obey(told: DesiredServer | AbsentServer) -> list[dict[str, Any]]:
    """Build, then be as asked."""
    if isinstance(told, AbsentServer):
        return [{"state": "absent"}]
    return [{"state": "building"}, {"state": told.power}]


class TestAgent:
    """An agent at the other end of the real bus that has no hypervisor: it answers as `answer` says."""

    __test__ = False

    def __init__(self, host: str, url: str, answer: Answer) -> None:
        self.host = host
        self.answer = answer
        self.told: list[DesiredServer | AbsentServer] = []
        self.bus = WebSocketClient(url, self._token, limits=LIMITS)

    async def _token(self) -> str:
        return self.host

    async def open(self) -> None:
        await self.bus.consume(agent_topic(self.host), self._receive)
        await self.bus.open()

    async def _receive(self, message: Message) -> None:
        told = decode_for_agent(message.body)
        self.told.append(told)
        for said in self.answer(told):
            await self.report(told.id, told.generation, **said)

    async def report(self, server_id: UUID, generation: int, **said: Any) -> None:
        await self.say(
            ServerReport(**({"host": self.host, "server_id": server_id, "generation": generation} | said))
        )

    async def inventory(self, *reports: ServerReport) -> None:
        resources = HostResources(vcpus=4, ram_mb=2048, disk_gb=20)
        await self.say(
            HostReport(self.host, resources, Hypervisor("QEMU", 7002000, self.host, "x86_64"), reports)
        )

    async def say(self, message: FromAgent) -> None:
        self.counted = getattr(self, "counted", 0) + 1
        await self.bus.publish(CONTROL_TOPIC, encode(message), key=str(self.counted))


class Cloud:
    """One control process; `request` does what an API route would do."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.database = ground.database
        self.port = free_port()
        self.agents: list[TestAgent] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Cloud"]:
        self.bus = WebSocketServer("control", self._authorize, limits=LIMITS)
        self.dispatcher = Dispatcher(self.database, self.bus)
        self.runner = TaskRunner(self.database, self.dispatcher.announce)
        self.receiver = ReportReceiver(
            self.database, self.dispatcher, self.runner.activate, lambda tail, host: None
        )
        await self.bus.consume(CONTROL_TOPIC, self.receiver.receive)
        await self.bus.open()
        application = web.Application()
        application.router.add_get("/bus", self.bus.handle)
        site = web.AppRunner(application, shutdown_timeout=0.1)
        await site.setup()
        await web.TCPSite(site, "127.0.0.1", self.port).start()
        working = [asyncio.create_task(part.run()) for part in (self.runner, self.dispatcher)]
        try:
            yield self
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await asyncio.gather(*(agent.bus.close() for agent in self.agents))
            await self.bus.close()
            await site.cleanup()

    async def _authorize(self, request: web.Request) -> Peer:
        topic = agent_topic(request.headers["X-Auth-Token"])
        return Peer(topic, frozenset({CONTROL_TOPIC}), frozenset({topic}))

    async def agent(self, answer: Answer = obey, host: str = "host-1") -> TestAgent:
        """An agent that is connected."""
        agent = TestAgent(host, f"http://127.0.0.1:{self.port}/bus", answer)
        self.agents.append(agent)
        await agent.open()

        async def connected() -> bool:
            return agent.bus.connected

        await until(connected, 10)
        return agent

    async def create(self, **said: Any) -> Server:
        """A server that was asked for, with its task."""
        (server,) = await self.ground.create(**said)
        await self._begin("create", server)
        return server

    async def change(self, kind: Kind, server_id: str, task_state: str, **said: Any) -> Server:
        """A change that was asked for, with its task."""
        async with self.database.transaction() as conn:
            locked = await servers.lock(conn, server_id, None)
            changed = await servers.begin(conn, locked, task_state, **said)
            await tasks.begin(conn, kind, changed, user_id=ALICE.user_id, request_id=REQUEST_ID)
        self.runner.activate()
        return changed

    async def delete(self, server_id: str) -> Server:
        """A deletion that was asked for, with its task."""
        async with self.database.transaction() as conn:
            await servers.lock(conn, server_id, None)
            leaving = await servers.begin_deletion(conn, server_id)
            await tasks.begin(conn, "delete", leaving, user_id=ALICE.user_id, request_id=REQUEST_ID)
        self.runner.activate()
        return leaving

    async def _begin(self, kind: Kind, server: Server) -> None:
        async with self.database.transaction() as conn:
            await tasks.begin(conn, kind, server, user_id=ALICE.user_id, request_id=REQUEST_ID)
        self.runner.activate()

    async def find(self, server_id: str) -> Server | None:
        async with self.database.connection() as conn:
            return await servers.find(conn, server_id)

    async def tasks(self, server_id: str) -> list[Task]:
        """Newest first."""
        async with self.database.connection() as conn:
            return await tasks.tasks_of(conn, server_id)

    async def wait_for(
        self, server_id: str, holds: Callable[[Server | None], bool], timeout_s: float = 20
    ) -> Server:
        """The server once `holds` is true of it; an AssertionError shows what it was instead."""
        seen: list[Server | None] = [None]

        async def held() -> bool:
            seen[0] = await self.find(server_id)
            return holds(seen[0])

        try:
            await until(held, timeout_s)
        except TimeoutError:
            raise AssertionError(f"the server stayed {seen[0]}") from None
        return seen[0]

    async def wait_gone(self, server_id: str) -> None:
        await self.wait_for(server_id, lambda server: server is None)

    async def wait_finished(self, server_id: str, state: str) -> Task:
        """The newest task of the server, once it has that state."""

        async def finished() -> bool:
            return (await self.tasks(server_id))[0].state == state

        await until(finished, 20)
        return (await self.tasks(server_id))[0]


