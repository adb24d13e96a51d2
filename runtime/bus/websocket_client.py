"""The agent's end of the WebSocket transport: one connection to control, kept for ever.

Publications of all topics wait in one mailbox until control acknowledges them, also while there is no connection.
Each connection is authorised anew with a fresh token, and asks again for every topic that has a handler.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec
import structlog

from runtime.bus.frames import (
    FRAME_OVERHEAD_BYTES,
    Acknowledgement,
    Frame,
    Publication,
    Refusal,
    Subscription,
    decode,
    encode,
)
from runtime.bus.inbox import Inbox
from runtime.bus.interface import (
    AlreadyConsumed,
    Handler,
    Limits,
    Message,
    OnConnect,
    Statistics,
    check_publication,
    check_topic,
)
from runtime.bus.mailbox import Letter, Mailbox
from runtime.bus.outgoing import Outgoing
from runtime.bus.reconnecting import Reconnecting

log = structlog.get_logger(__name__)

FetchToken = Callable[[], Awaitable[str]]


class WebSocketClient:
    """A `Bus` that connects to `url` (http://host:port/path), through `unix_socket` when that is given."""

    def __init__(self, url: str, fetch_token: FetchToken, *, unix_socket: str | None = None, limits: Limits):
        self.statistics = Statistics()
        self._url = url
        self._fetch_token = fetch_token
        self._unix_socket = unix_socket
        self._limits = limits
        self._outbox = Mailbox(limits, self.statistics)
        self._inboxes: dict[str, Inbox] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._connection = Reconnecting(self._session, limits, self.statistics)

    @property
    def connected(self) -> bool:
        """Whether the WebSocket is up."""
        return self._connection.connected

    def on_connect(self, callback: OnConnect) -> None:
        """See `Bus.on_connect`."""
        self._connection.on_connect(callback)

    async def open(self) -> None:
        """See `Bus.open`."""
        for inbox in self._inboxes.values():
            inbox.start()
        self._connection.start()

    async def publish(self, topic: str, body: bytes, *, key: str) -> None:
        """See `Bus.publish`."""
        check_publication(topic, body, key, self._limits)
        if self.connected:
            await self._outbox.wait_for_room(self._limits.publish_wait_s)
        self._outbox.put(Letter(topic, key, body, sender=""))
        self.statistics.published += 1

    async def consume(self, topic: str, handler: Handler) -> None:
        """See `Bus.consume`."""
        check_topic(topic)
        if topic in self._inboxes:
            raise AlreadyConsumed(topic)
        inbox = self._inboxes[topic] = Inbox(handler, self._limits, self.statistics)
        inbox.start()
        if self._socket is None:
            return
        with contextlib.suppress(ConnectionError):  # the next connection subscribes to every topic
            await self._socket.send_bytes(encode(Subscription(topic)))

    async def close(self) -> None:
        """See `Bus.close`."""
        await self._connection.close()
        for inbox in self._inboxes.values():
            await inbox.close()

    async def _session(self, established: Callable[[], None]) -> None:
        """One connection, from its token to its end."""
        connector = aiohttp.UnixConnector(self._unix_socket) if self._unix_socket else aiohttp.TCPConnector()
        headers = {"X-Auth-Token": await self._fetch_token()}
        async with (
            aiohttp.ClientSession(connector=connector) as http,
            http.ws_connect(
                self._url,
                headers=headers,
                heartbeat=self._limits.heartbeat_s,
                max_msg_size=self._limits.body_bytes + FRAME_OVERHEAD_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=self._limits.heartbeat_s),
            ) as socket,
        ):
            await self._exchange(socket, established)

    async def _exchange(self, socket: aiohttp.ClientWebSocketResponse, established: Callable[[], None]) -> None:
        async def send(frame: Frame) -> None:
            await socket.send_bytes(encode(frame))

        outgoing = Outgoing(self._outbox, send, self._limits)
        for topic, inbox in self._inboxes.items():
            inbox.forget_undelivered()
            await send(Subscription(topic))
        self._socket = socket
        established()
        sending = asyncio.create_task(outgoing.run())
        try:
            async for data in socket:
                if data.type is not aiohttp.WSMsgType.BINARY:
                    raise ConnectionError(f"control sent a frame of type {data.type}")
                await self._receive(decode(data.data), outgoing, send)
        except msgspec.DecodeError as error:
            raise ConnectionError("control sent a frame that cannot be read") from error
        finally:
            self._socket = None
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _receive(self, frame: Frame, outgoing: Outgoing, send: Callable[[Frame], Awaitable[None]]) -> None:
        match frame:
            case Publication(topic, number, key, body, sender, attempt):
                await self._inboxes[topic].receive(
                    Message(topic, key, body, sender, attempt), lambda: send(Acknowledgement(topic, number))
                )
            case Acknowledgement(_, number):
                outgoing.settle(number)
            case Refusal(topic, number):
                self.statistics.refused += 1
                log.error("bus topic refused by control", topic=topic, publication=number is not None)
                if number is not None:
                    outgoing.settle(number)
            case Subscription(topic):
                raise ConnectionError(f"control tried to consume topic {topic!r} of an agent")
