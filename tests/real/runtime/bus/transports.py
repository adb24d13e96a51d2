"""Both transports behind one face, so that one test suite holds them to one promise."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Protocol

from aiohttp import web

from runtime.bus.amqp import AmqpBus
from runtime.bus.broker import peer_permissions
from runtime.bus.interface import Bus, Limits
from runtime.bus.peer_link import Peer
from runtime.bus.websocket_client import WebSocketClient
from runtime.bus.websocket_server import WebSocketServer
from tests.daemons.rabbitmq import RabbitMq
from tests.daemons.sandbox import free_port

SMALL = Limits(
    body_bytes=64 * 1024,
    queued_messages=20,
    unacknowledged=4,
    attempts=3,
    retry_first_s=0.01,
    retry_longest_s=0.05,
    publish_wait_s=1.0,
    connect_timeout_s=1.0,
    reconnect_first_s=0.05,
    reconnect_longest_s=0.2,
    recheck_peer_s=0.05,
)


class Transport(Protocol):
    """One control process and agents of a test's own; names of topics are unique to the test."""

    control: Bus
    control_topic: str

    def agent_arguments(self, host: str) -> list[str]:
        """Arguments with which `stuck_consumer` becomes the agent of `host`."""

    def new_agent(self, host: str) -> Bus:
        """An agent's end that is not open; it is closed at the end of the test."""

    async def restart(self) -> None:
        """Stop what stands between control and agents, and start it again."""


class WebSocketTransport:
    """Control's end behind a real listening socket; agents authenticate by a token that is their host's name."""

    def __init__(self) -> None:
        self.port = free_port()
        self.control_topic = "control"
        self.revoked: set[str] = set()
        self.opened: list[WebSocketClient] = []
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        self.control = WebSocketServer("control", self._authorize, limits=SMALL)
        application = web.Application()
        application.router.add_get("/meridian/v1/bus", self.control.handle)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        await self.control.open()

    async def stop(self) -> None:
        await self.control.close()
        await self._runner.cleanup()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/meridian/v1/bus"

    def agent_arguments(self, host: str) -> list[str]:
        return ["websocket", self.url, host, f"agent.{host}"]

    def new_agent(self, host: str) -> WebSocketClient:
        async def token() -> str:
            return host

        agent = WebSocketClient(self.url, token, limits=SMALL)
        self.opened.append(agent)
        return agent

    async def _authorize(self, request: web.Request) -> Peer:
        host = request.headers.get("X-Auth-Token", "")
        if not host or host in self.revoked:
            raise web.HTTPUnauthorized
        return Peer(f"agent.{host}", frozenset({self.control_topic}), frozenset({f"agent.{host}"}))


class AmqpTransport:
    """A control end with all rights and agents that share its broker user, except where a test wants less."""

    def __init__(self, server: RabbitMq) -> None:
        self.server = server
        self.control_topic = f"control-{uuid.uuid4().hex[:8]}"
        self.opened: list[AmqpBus] = []

    async def start(self) -> None:
        self.control = AmqpBus(self.server.url, limits=SMALL)
        await self.control.open()

    async def stop(self) -> None:
        await self.control.close()

    async def restart(self) -> None:
        await self.server.stop()
        await self.server.start()

    def agent_arguments(self, host: str) -> list[str]:
        return ["amqp", self.server.url, host, f"agent.{host}"]

    def new_agent(self, host: str, url: str | None = None) -> AmqpBus:
        agent = AmqpBus(url or self.server.url, limits=SMALL)
        self.opened.append(agent)
        return agent

    async def new_restricted_agent(self, host: str) -> AmqpBus:
        """An agent with a broker user of its own that has an agent's rights and no more."""
        user = f"agent.{host}"
        rights = peer_permissions([self.control_topic], [user])
        await self.server.ctl("add_user", user, "secret")
        await self.server.ctl("set_permissions", user, rights.configure, rights.write, rights.read)
        await self.server.ctl("set_topic_permissions", user, "meridian", rights.topic_write, rights.topic_read)
        return self.new_agent(host, f"amqp://{user}:secret@127.0.0.1:{self.server.port}/")


@contextlib.asynccontextmanager
async def running(transport: WebSocketTransport | AmqpTransport) -> AsyncIterator[Transport]:
    """The transport, started; everything of it is closed at the end."""
    await transport.start()
    try:
        yield transport
    finally:
        await asyncio.gather(*(bus.close() for bus in transport.opened))
        await transport.stop()
