"""What the WebSocket transport alone must do: authorise, take over, and survive peers that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from deploy.lab.daemons.waiting import until
from runtime.bus import frames
from runtime.bus.websocket_client import WebSocketClient
from tests.daemons.sandbox import sandbox
from tests.real.runtime.bus.test_contract import Recorder, connected_agent, is_connected
from tests.real.runtime.bus.transports import SMALL, WebSocketTransport, running

pytestmark = pytest.mark.real


@pytest.fixture
async def transport() -> AsyncIterator[WebSocketTransport]:
    async with running(WebSocketTransport()) as started:
        yield started


@pytest.fixture
async def raw_socket(transport: WebSocketTransport) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection of host `h` without our client behind it."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(transport.url, headers={"X-Auth-Token": "h"}) as socket,
    ):
        yield socket


async def test_peer_without_a_good_token_never_connects(transport: WebSocketTransport):
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await http.ws_connect(transport.url)
    assert refusal.value.status == 401


async def test_connection_ends_when_its_token_is_revoked(transport: WebSocketTransport):
    agent = await connected_agent(transport, "h")
    transport.revoked.add("h")

    async def disconnected() -> bool:
        return not agent.connected

    await until(disconnected, 10)
    transport.revoked.clear()
    await until(is_connected(agent), 10)


async def test_newer_connection_takes_over_the_topic(transport: WebSocketTransport):
    """An agent whose old connection hangs half-open must not wait for it to time out."""
    old, new = Recorder(), Recorder()
    first = await connected_agent(transport, "h", old)
    await connected_agent(transport, "h", new)
    await first.close()
    await transport.control.publish("agent.h", b"", key="k")
    await new.wait_for("k")
    assert old.messages == []


async def test_bytes_that_are_no_frame_end_the_connection(raw_socket: aiohttp.ClientWebSocketResponse):
    await raw_socket.send_bytes(b"\xff\x00")
    answer = await raw_socket.receive(timeout=10)
    assert answer.type is aiohttp.WSMsgType.CLOSE
    assert answer.data == aiohttp.WSCloseCode.UNSUPPORTED_DATA


async def test_frame_beyond_the_limit_ends_the_connection(raw_socket: aiohttp.ClientWebSocketResponse):
    await raw_socket.send_bytes(bytes(SMALL.body_bytes * 2))
    answer = await raw_socket.receive(timeout=10)
    assert answer.type is aiohttp.WSMsgType.CLOSE
    assert answer.data == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_sender_is_what_the_token_proves_whatever_the_frame_says(
    transport: WebSocketTransport, raw_socket: aiohttp.ClientWebSocketResponse
):
    control = Recorder()
    await transport.control.consume("control", control)
    forged = frames.Publication("control", 1, "k", b"", sender="agent.other", attempt=1)
    await raw_socket.send_bytes(frames.encode(forged))
    await control.wait_for("k")
    assert control.messages[0].sender == "agent.h"


async def test_acknowledgement_of_nothing_is_ignored(
    transport: WebSocketTransport, raw_socket: aiohttp.ClientWebSocketResponse
):
    control = Recorder()
    await transport.control.consume("control", control)
    await raw_socket.send_bytes(frames.encode(frames.Acknowledgement("agent.other", 7)))
    await raw_socket.send_bytes(frames.encode(frames.Publication("control", 1, "k", b"", "", 1)))
    await control.wait_for("k")


async def test_agent_connects_through_a_unix_socket(transport: WebSocketTransport):
    async def token() -> str:
        return "h"

    control = Recorder()
    await transport.control.consume("control", control)
    with sandbox("bus") as directory:
        path = str(Path(directory) / "control.sock")
        async with served_at(path, transport):
            agent = WebSocketClient("http://control/bus", token, unix_socket=path, limits=SMALL)
            await agent.open()
            await agent.publish("control", b"", key="k")
            await control.wait_for("k")
            await agent.close()


@asynccontextmanager
async def served_at(path: str, transport: WebSocketTransport) -> AsyncIterator[None]:
    """Control's end, also behind a unix socket."""
    application = web.Application()
    application.router.add_get("/bus", transport.control.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.UnixSite(runner, path).start()
        yield
    finally:
        await runner.cleanup()


async def test_closing_control_ends_every_connection(transport: WebSocketTransport):
    agents = [await connected_agent(transport, f"h{number}") for number in range(3)]
    await transport.control.close()

    async def all_disconnected() -> bool:
        return not any(agent.connected for agent in agents)

    await until(all_disconnected, 10)
    await asyncio.gather(*(agent.close() for agent in agents))
