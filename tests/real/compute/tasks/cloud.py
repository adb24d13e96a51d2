"""One control process's compute in the test's own process, its database, and agents."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from compute.assembly import Compute, open_compute
from compute.interfaces import store as interfaces
from compute.servers import changes
from compute.servers import store as servers
from compute.servers.networking import Nic, plug
from compute.servers.server import Server
from compute.tasks import store as tasks
from compute.tasks.task import Kind, Task
from deploy.lab.daemons.waiting import until
from runtime.bus.websocket_server import WebSocketServer
from tests.daemons.sandbox import free_port
from tests.real.compute.servers.ground import ALICE, Ground
from tests.real.compute.tasks.agents import (
    BUS_LIMITS,
    Answer,
    ObedientAgent,
    obey,
    peer_by_host,
    websocket_to,
)
from tests.real.northbound.networking import insert_port

REQUEST_ID = "req-11111111-2222-4333-8444-555555555555"


class Cloud:
    """What tenants and agents do to one control process, which runs in this process or is started by the test.

    `create`, `change` and `delete` do what an API route would do.
    """

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.database = ground.database
        self.port = free_port()
        self.agents: list[ObedientAgent] = []
        self.compute: Compute | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Cloud"]:
        """Compute at work, and a listening socket for the agents."""
        bus = WebSocketServer("control", peer_by_host, limits=BUS_LIMITS)
        application = web.Application()
        application.router.add_get("/bus", bus.handle)
        site = web.AppRunner(application, shutdown_timeout=0.1)
        await site.setup()
        await web.TCPSite(site, "127.0.0.1", self.port).start()
        async with open_compute(self.database, bus, wake_network=lambda: None) as self.compute:
            try:
                yield self
            finally:
                await self.close_agents()
        await site.cleanup()

    async def close_agents(self) -> None:
        await asyncio.gather(*(agent.bus.close() for agent in self.agents))

    def wake(self) -> None:
        """What a route does after its commit; another process looks at its timer alone."""
        if self.compute is not None:
            self.compute.runner.activate()

    async def agent(self, answer: Answer = obey, host: str = "host-1") -> ObedientAgent:
        """An agent that is connected."""
        agent = self.new_agent(answer, host)
        await agent.connect()
        return agent

    def new_agent(self, answer: Answer = obey, host: str = "host-1") -> ObedientAgent:
        """An agent that is not open; it is closed at the end of the test."""
        agent = ObedientAgent(host, websocket_to(f"http://127.0.0.1:{self.port}/bus", host), answer)
        self.agents.append(agent)
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
        self.wake()
        return changed

    async def change_card(self, kind: Kind, server_id: str) -> str:
        """A port of the tenant's that was asked to become a card, or the only card that was asked to go: its port."""
        async with self.database.transaction() as conn:
            server = await servers.lock(conn, server_id, None)
            if kind == "attach_interface":
                port = await insert_port(conn, self.ground.network.id)
                card = await plug(conn, server, Nic(port_id=port.id), ALICE.reach)
            else:
                (card,) = await interfaces.select_of(conn, [server_id])
                await interfaces.leave(conn, server_id, card.port_id)
            requester = changes.Requester(ALICE.user_id, REQUEST_ID)
            await changes.change_cards(conn, server, kind, card.port_id, requester)
        self.wake()
        return card.port_id

    async def delete(self, server_id: str) -> Server:
        """A deletion that was asked for, with its task."""
        async with self.database.transaction() as conn:
            await servers.lock(conn, server_id, None)
            leaving = await servers.begin_deletion(conn, server_id)
            await tasks.begin(conn, "delete", leaving, user_id=ALICE.user_id, request_id=REQUEST_ID)
        self.wake()
        return leaving

    async def _begin(self, kind: Kind, server: Server) -> None:
        async with self.database.transaction() as conn:
            await tasks.begin(conn, kind, server, user_id=ALICE.user_id, request_id=REQUEST_ID)
        self.wake()

    async def find(self, server_id: str) -> Server | None:
        async with self.database.connection() as conn:
            return await servers.find(conn, server_id)

    async def tasks(self, server_id: str) -> list[Task]:
        """Newest first."""
        async with self.database.connection() as conn:
            return await tasks.tasks_of(conn, server_id)

    async def wait_for(self, server_id: str, holds: Callable[[Server | None], bool], timeout_s: float = 20) -> Server:
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
