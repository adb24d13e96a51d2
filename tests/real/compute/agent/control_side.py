"""Control as an agent meets it: tokens, image bytes and the real WebSocket bus, on one unix socket.

What control decides is in the hands of the test; everything between it and the agent is the real thing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from aiohttp import web

from compute import messages
from compute.messages import (
    AbsentServer,
    ConsoleTail,
    DesiredServer,
    HostReport,
    Image,
    ServerReport,
)
from runtime.bus.interface import Limits, Message
from runtime.bus.peer_link import Peer
from runtime.bus.websocket_server import WebSocketServer

HOST = "host-1"
_TOKEN = "token-of-the-agent"


class ControlSide:
    """Reports that came in, the last one of each kind first asked for by `reported`."""

    def __init__(self) -> None:
        self.images: dict[UUID, Path] = {}
        self.downloads = 0
        self.reports: dict[UUID, ServerReport] = {}
        self.host_reports: list[HostReport] = []
        self.consoles: dict[UUID, ConsoleTail] = {}
        self._news = asyncio.Condition()
        self._bus = WebSocketServer("control", self._authorize, limits=Limits())

    async def desire(self, wanted: DesiredServer | AbsentServer) -> None:
        """Publish a desired state; what was reported of older ones is forgotten."""
        self.reports.pop(wanted.id, None)
        key = messages.server_key(wanted.id, wanted.generation)
        await self._bus.publish(messages.agent_topic(HOST), messages.encode(wanted), key=key)

    async def withdraw(self, withdrawn: messages.EndConnections) -> None:
        await self._bus.publish(messages.agent_topic(HOST), messages.encode(withdrawn), key=f"connections/{uuid4()}")

    async def ask_console(self, request: messages.ConsoleRequest) -> ConsoleTail:
        await self._bus.publish(messages.agent_topic(HOST), messages.encode(request), key=str(request.id))
        await self._until(lambda: request.id in self.consoles, 20)
        return self.consoles[request.id]

    async def reported(self, wanted: DesiredServer | AbsentServer, *states: str, timeout_s: float = 60) -> ServerReport:
        """The report of this generation, once its state is one of `states`."""

        def arrived() -> bool:
            report = self.reports.get(wanted.id)
            return report is not None and report.generation == wanted.generation and report.state in states

        try:
            await self._until(arrived, timeout_s)
        except TimeoutError:
            raise AssertionError(f"wanted {states}, the last report is {self.reports.get(wanted.id)}") from None
        return self.reports[wanted.id]

    async def inventory(self, holds: Callable[[HostReport], bool], timeout_s: float = 60) -> HostReport:
        """The first inventory from now on of which something holds."""
        seen = len(self.host_reports)
        await self._until(lambda: any(holds(report) for report in self.host_reports[seen:]), timeout_s)
        return self.host_reports[-1]

    @asynccontextmanager
    async def serving(self, socket: Path) -> AsyncIterator["ControlSide"]:
        application = web.Application()
        application.add_routes(
            [
                web.post("/identity/v3/auth/tokens", self._issue_token),
                web.get("/image/v2/images/{id}/file", self._send_image),
                web.get("/meridian/v1/bus", self._bus.handle),
            ]
        )
        await self._bus.open()
        await self._bus.consume(messages.CONTROL_TOPIC, self._receive)
        runner = web.AppRunner(application, shutdown_timeout=1)
        await runner.setup()
        await web.UnixSite(runner, str(socket)).start()
        try:
            yield self
        finally:
            await self._bus.close()
            await runner.cleanup()

    async def _receive(self, message: Message) -> None:
        said = messages.decode_for_control(message.body)
        async with self._news:
            match said:
                case ServerReport():
                    self.reports[said.server_id] = said
                case HostReport():
                    self.host_reports.append(said)
                    self.reports.update({report.server_id: report for report in said.servers})
                case ConsoleTail():
                    self.consoles[said.request_id] = said
            self._news.notify_all()

    async def _until(self, holds: Callable[[], bool], timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(holds)

    async def _authorize(self, request: web.Request) -> Peer:
        if request.headers.get("X-Auth-Token") != _TOKEN:
            raise web.HTTPUnauthorized
        return Peer(f"agent-{HOST}", frozenset({messages.CONTROL_TOPIC}), frozenset({messages.agent_topic(HOST)}))

    async def _issue_token(self, request: web.Request) -> web.Response:
        user = (await request.json())["auth"]["identity"]["password"]["user"]
        if (user["name"], user["password"]) != (f"agent-{HOST}", "secret"):
            raise web.HTTPUnauthorized
        expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return web.json_response({"token": {"expires_at": expires}}, status=201, headers={"X-Subject-Token": _TOKEN})

    async def _send_image(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Auth-Token") != _TOKEN:
            raise web.HTTPUnauthorized
        self.downloads += 1
        path = self.images.get(UUID(request.match_info["id"]))
        return web.FileResponse(path) if path else web.Response(status=404)

    def offer(self, image: Image, path: Path) -> None:
        """Have the bytes of an image to give."""
        self.images[image.id] = path
