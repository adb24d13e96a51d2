"""One agent's WebSocket as control sees it: what it may do, what it sends, what is sent to it.

Frames that answer the agent leave through a bounded queue, since letters are settled from code that cannot wait; an
agent that publishes without ever reading the answers fills it and is cut off.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from runtime.bus.frames import (
    Acknowledgement,
    Frame,
    Publication,
    Refusal,
    Subscription,
    decode,
    encode,
)
from runtime.bus.interface import Limits, Statistics
from runtime.bus.mailbox import Letter, Mailbox
from runtime.bus.outgoing import Outgoing

log = structlog.get_logger(__name__)

UNREAD_ANSWERS = 1024


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a connection, and the topics that it may name."""

    name: str
    publishes: frozenset[str]
    consumes: frozenset[str]


class Router(Protocol):
    """What a link needs of the server."""

    async def route(self, letter: Letter) -> None:
        """Hand a letter to the consumer of its topic."""

    async def attach(self, topic: str, link: "PeerLink") -> bool:
        """Let the link consume a topic; False when it cannot."""


class PeerLink:
    """Serves one connection; `run` returns when it is over."""

    def __init__(
        self,
        peer: Peer,
        request: web.Request,
        socket: web.WebSocketResponse,
        router: Router,
        limits: Limits,
        statistics: Statistics,
    ):
        self._peer = peer
        self._request = request
        self._socket = socket
        self._router = router
        self._limits = limits
        self._statistics = statistics
        self._answers: asyncio.Queue[Frame] = asyncio.Queue(UNREAD_ANSWERS)
        self._outgoing: dict[str, Outgoing] = {}
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._over = False

    async def run(self, recheck: Callable[[], Awaitable[Peer]]) -> None:
        """Exchange frames until the connection breaks, is aborted, or `recheck` no longer names the same peer."""
        beside = [asyncio.create_task(self._answer()), asyncio.create_task(self._keep_checking(recheck))]
        try:
            async for data in self._socket:
                if data.type is not WSMsgType.BINARY:
                    break
                await self._receive(decode(data.data))
        except msgspec.DecodeError as error:
            log.warning("bus peer sent a frame that cannot be read", peer=self._peer.name, error=str(error))
            await self._socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
        finally:
            self._over = True
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self.stop_sending()

    def start_sending(self, topic: str, mailbox: Mailbox) -> None:
        """Begin to send the letters of a topic, if not begun."""
        if topic not in self._sending:
            outgoing = self._outgoing[topic] = Outgoing(mailbox, self._send, self._limits)
            self._sending[topic] = asyncio.create_task(outgoing.run())

    async def stop_sending(self) -> None:
        """Stop sending; returns when everything unacknowledged is back in its mailbox."""
        tasks = list(self._sending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._sending.clear()
        self._outgoing.clear()

    def abort(self) -> None:
        """Cut the connection without a farewell."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def _send(self, frame: Frame) -> None:
        await self._socket.send_bytes(encode(frame))

    async def _answer(self) -> None:
        while True:
            await self._send(await self._answers.get())

    def _queue_answer(self, frame: Frame) -> None:
        if self._over:
            return
        try:
            self._answers.put_nowait(frame)
        except asyncio.QueueFull:
            log.warning("bus peer does not read its answers", peer=self._peer.name)
            self.abort()

    async def _keep_checking(self, recheck: Callable[[], Awaitable[Peer]]) -> None:
        while True:
            await asyncio.sleep(self._limits.recheck_peer_s)
            try:
                still = await recheck()
            except Exception as error:
                log.info("bus peer no longer authorised", peer=self._peer.name, error=repr(error))
                break
            if still != self._peer:
                break
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)

    async def _receive(self, frame: Frame) -> None:
        match frame:
            case Publication():
                await self._receive_publication(frame)
            case Acknowledgement(topic, number):
                if topic in self._outgoing:
                    self._outgoing[topic].settle(number)
            case Subscription(topic):
                if topic not in self._peer.consumes or not await self._router.attach(topic, self):
                    self._refuse(topic, None)
            case Refusal():
                log.warning("bus peer sent a refusal, which is control's to send", peer=self._peer.name)

    async def _receive_publication(self, frame: Publication) -> None:
        if frame.topic not in self._peer.publishes or len(frame.body) > self._limits.body_bytes:
            self._refuse(frame.topic, frame.number)
            return
        done = Acknowledgement(frame.topic, frame.number)
        letter = Letter(frame.topic, frame.key, frame.body, self._peer.name, lambda: self._queue_answer(done))
        await self._router.route(letter)

    def _refuse(self, topic: str, number: int | None) -> None:
        self._statistics.refused += 1
        log.warning("bus refused a topic", peer=self._peer.name, topic=topic[:80], publication=number is not None)
        self._queue_answer(Refusal(topic, number))
