"""Control's end of the WebSocket transport: a small broker inside the control process.

Each topic has a mailbox; its one consumer is a handler of this process or a connected agent. What an agent publishes
is acknowledged to it when the consumer of the topic has acknowledged it, so the death of either side loses nothing
that the other has. What control publishes to an agent waits here, in memory and within limits, until the agent comes.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from runtime.bus.delivery import handle_mailbox
from runtime.bus.frames import FRAME_OVERHEAD_BYTES
from runtime.bus.interface import (
    AlreadyConsumed,
    Handler,
    Limits,
    OnConnect,
    Statistics,
    check_publication,
    check_topic,
)
from runtime.bus.mailbox import Letter, Mailbox
from runtime.bus.peer_link import Peer, PeerLink
from runtime.bus.reconnecting import greet

log = structlog.get_logger(__name__)


Authorize = Callable[[web.Request], Awaitable[Peer]]
"""Who sends this request: raises an `aiohttp.web.HTTPException` (or what the web kit renders) for anyone else.

Called again with the same request while the connection lasts, so that a token that expired or was revoked ends it.
"""


class WebSocketServer:
    """A `Bus` for the process that the agents connect to; give `handle` to the router as the handler of a GET route."""

    def __init__(self, name: str, authorize: Authorize, *, limits: Limits):
        self.statistics = Statistics()
        self.connected = False
        self._name = name
        self._authorize = authorize
        self._limits = limits
        self._mailboxes: dict[str, Mailbox] = {}
        self._local: dict[str, asyncio.Task[None]] = {}
        self._remote: dict[str, PeerLink] = {}
        self._links: set[PeerLink] = set()
        self._callbacks: list[OnConnect] = []

    def on_connect(self, callback: OnConnect) -> None:
        """See `Bus.on_connect`: this end is connected once, when it is opened."""
        self._callbacks.append(callback)

    async def open(self) -> None:
        """See `Bus.open`."""
        self.connected = True
        self.statistics.connections += 1
        for callback in self._callbacks:
            await greet(callback)

    async def publish(self, topic: str, body: bytes, *, key: str) -> None:
        """See `Bus.publish`."""
        check_publication(topic, body, key, self._limits)
        self.statistics.published += 1
        await self.route(Letter(topic, key, body, self._name))

    async def consume(self, topic: str, handler: Handler) -> None:
        """See `Bus.consume`. No agent may consume a topic that this process consumes."""
        check_topic(topic)
        mailbox = self._mailbox(topic)
        if mailbox is None or topic in self._local or topic in self._remote:
            raise AlreadyConsumed(topic)
        self._local[topic] = asyncio.create_task(handle_mailbox(mailbox, handler, self._limits, self.statistics))

    async def close(self) -> None:
        """See `Bus.close`."""
        self.connected = False
        for link in self._links:
            link.abort()
        for task in self._local.values():
            task.cancel()
        await asyncio.gather(*self._local.values(), return_exceptions=True)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one agent's connection for as long as it lasts."""
        peer = await self._authorize(request)
        socket = web.WebSocketResponse(
            heartbeat=self._limits.heartbeat_s,
            timeout=self._limits.heartbeat_s,
            max_msg_size=self._limits.body_bytes + FRAME_OVERHEAD_BYTES,
            compress=False,
        )
        await socket.prepare(request)
        link = PeerLink(peer, request, socket, self, self._limits, self.statistics)
        self._links.add(link)
        log.info("bus peer connected", peer=peer.name)
        try:
            await link.run(lambda: self._authorize(request))
        finally:
            self._links.discard(link)
            self._remote = {topic: other for topic, other in self._remote.items() if other is not link}
            log.info("bus peer disconnected", peer=peer.name)
        return socket

    async def route(self, letter: Letter) -> None:
        """Put a letter where its topic's consumer finds it; for a consumer that is there, wait a while for room."""
        mailbox = self._mailbox(letter.topic)
        if mailbox is None:
            self.statistics.dropped_unroutable += 1
            log.error("bus has too many topics", topic=letter.topic)
            return
        if letter.topic in self._local or letter.topic in self._remote:
            await mailbox.wait_for_room(self._limits.publish_wait_s)
        mailbox.put(letter)

    async def attach(self, topic: str, link: PeerLink) -> bool:
        """Make an agent's connection the consumer of a topic; an older connection of that topic is ended.

        False when this process consumes the topic itself.
        """
        mailbox = self._mailbox(topic)
        if mailbox is None or topic in self._local:
            return False
        older = self._remote.get(topic)
        self._remote[topic] = link
        if older is not None and older is not link:
            await older.stop_sending()
            older.abort()
        link.start_sending(topic, mailbox)
        return True

    def _mailbox(self, topic: str) -> Mailbox | None:
        """The mailbox of a topic, made when first named; None when there are too many topics."""
        if topic not in self._mailboxes and len(self._mailboxes) < self._limits.topics:
            self._mailboxes[topic] = Mailbox(self._limits, self.statistics)
        return self._mailboxes.get(topic)
