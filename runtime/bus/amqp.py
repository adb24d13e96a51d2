"""The AMQP transport, for a datacentre: RabbitMQ between control and agents, the same promise as `interface`.

A publication goes from the mailbox through the topic exchange `meridian` to the durable quorum queue named like its
topic, and leaves the mailbox when the broker confirmed it. The queue is bounded like a mailbox, forgets a message
that was delivered too often, and disappears when nobody consumed it for a day.

Every agent has a broker user of its own, named like the agent, with the rights of `broker.peer_permissions`: the broker
proves `Message.sender` (it refuses a foreign `user_id`), and refuses topics that are not the agent's.
"""

import asyncio
import functools
import ssl
from collections.abc import Callable

import aio_pika
import structlog
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import ChannelAccessRefused
from yarl import URL

from runtime.bus.broker import EXCHANGE, Link, queue_arguments
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
from runtime.bus.reconnecting import Reconnecting

log = structlog.get_logger(__name__)


class AmqpBus:
    """A `Bus` over the broker at `url` (amqp:// or amqps://); the user in it is the sender's name."""

    def __init__(self, url: str, *, limits: Limits, ssl_context: ssl.SSLContext | None = None):
        self.statistics = Statistics()
        self._url = URL(url)
        self._ssl_context = ssl_context
        self._limits = limits
        self._outbox = Mailbox(limits, self.statistics)
        self._inboxes: dict[str, Inbox] = {}
        self._link: Link | None = None
        self._one_by_one = False
        self._connection = Reconnecting(self._session, limits, self.statistics)

    @property
    def connected(self) -> bool:
        """Whether the broker is connected and every topic subscribed."""
        return self._connection.connected

    def on_connect(self, callback: OnConnect) -> None:
        """See `Bus.on_connect`."""
        self._connection.on_connect(callback)

    async def open(self) -> None:
        """See `Bus.open`."""
        self._connection.start()

    async def publish(self, topic: str, body: bytes, *, key: str) -> None:
        """See `Bus.publish`. A topic that nobody ever consumed has no queue; its messages are dropped and counted."""
        check_publication(topic, body, key, self._limits)
        if self.connected:
            await self._outbox.wait_for_room(self._limits.publish_wait_s)
        self._outbox.put(Letter(topic, key, body, sender=""))
        self.statistics.published += 1

    async def consume(self, topic: str, handler: Handler) -> None:
        """See `Bus.consume`. Several processes may consume one topic; each message goes to one of them."""
        check_topic(topic)
        if topic in self._inboxes:
            raise AlreadyConsumed(topic)
        inbox = self._inboxes[topic] = Inbox(handler, self._limits, self.statistics)
        inbox.start()
        if self._link is not None:
            await self._subscribe(self._link, topic, inbox)

    async def close(self) -> None:
        """See `Bus.close`."""
        await self._connection.close()
        for inbox in self._inboxes.values():
            await inbox.close()

    async def _session(self, established: Callable[[], None]) -> None:
        """One connection to the broker, from its start to its end."""
        url = self._url.update_query(heartbeat=max(1, round(self._limits.heartbeat_s)))
        connection = await aio_pika.connect(url, ssl_context=self._ssl_context, timeout=self._limits.connect_timeout_s)
        async with connection:
            async with asyncio.timeout(self._limits.connect_timeout_s):  # a starting broker may forget to answer
                link = Link(connection)
                exchange = await link.open_exchange()
                # TODO(correctness): RabbitMQ 3.10, killed in the seconds after it made a queue, comes back with a
                # queue that never answers; until an operator deletes the queue this end stays disconnected.
                for topic, inbox in self._inboxes.items():
                    inbox.forget_undelivered()
                    await self._subscribe(link, topic, inbox)
            self._link = link
            established()
            publishing = asyncio.create_task(self._publish_all(exchange))
            ended = asyncio.create_task(link.ended.wait())
            try:
                await asyncio.wait([publishing, ended], return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._link = None
                publishing.cancel()
                ended.cancel()
                outcome, _ = await asyncio.gather(publishing, ended, return_exceptions=True)
            if isinstance(outcome, Exception):
                raise outcome

    async def _publish_all(self, exchange: AbstractExchange) -> None:
        """Publish from the mailbox, several at once; whatever is not confirmed at the end waits there again."""
        alone = self._one_by_one
        window = asyncio.Semaphore(1 if alone else self._limits.unacknowledged)
        try:
            async with asyncio.TaskGroup() as publications:
                while True:
                    await window.acquire()
                    letter = await self._outbox.take()
                    publications.create_task(self._publish_one(exchange, letter, window, alone))
        finally:
            self._outbox.return_all()

    async def _publish_one(
        self, exchange: AbstractExchange, letter: Letter, window: asyncio.Semaphore, alone: bool
    ) -> None:
        """Publish one letter and settle it. Raises when its fate is unknown or the broker refuses the channel.

        A refusal closes the channel and fails every letter in flight without naming the guilty one. So after a refusal
        letters go one by one until the guilty one is refused alone.
        """
        try:
            answer = await exchange.publish(
                aio_pika.Message(
                    letter.body,
                    headers={"key": letter.key},
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    user_id=self._url.user,
                ),
                letter.topic,
                mandatory=True,
                timeout=self._limits.publish_wait_s,
            )
        except ChannelAccessRefused:
            self._one_by_one = not alone
            if alone:
                self.statistics.refused += 1
                log.error("bus topic refused by the broker", topic=letter.topic, publication=True)
                self._outbox.settle(letter.number)
            raise
        if isinstance(answer, DeliveredMessage):
            self.statistics.dropped_unroutable += 1
            log.warning("bus topic has no queue, message dropped", topic=letter.topic, key=letter.key)
        self._outbox.settle(letter.number)
        window.release()

    async def _subscribe(self, link: Link, topic: str, inbox: Inbox) -> None:
        """Deliver a topic's queue to the inbox while the connection lasts; a refusal is logged and counted."""
        try:
            channel = await link.consuming_channel(self._limits.unacknowledged)
            exchange = await channel.get_exchange(EXCHANGE, ensure=False)
            queue = await channel.declare_queue(topic, durable=True, arguments=queue_arguments(self._limits))
            await queue.bind(exchange, routing_key=topic)
            await queue.consume(functools.partial(_receive, topic, inbox))
        except ChannelAccessRefused:
            self.statistics.refused += 1
            log.error("bus topic refused by the broker", topic=topic, publication=False)
            return
        await link.end_with(channel)


async def _receive(topic: str, inbox: Inbox, delivery: AbstractIncomingMessage) -> None:
    async def acknowledge() -> None:
        try:
            await delivery.ack()
        except (AMQPError, RuntimeError) as error:  # aiormq's closed channel is a RuntimeError
            raise ConnectionError from error

    headers = delivery.headers
    attempt = int(headers.get("x-delivery-count", 0)) + 1
    message = Message(topic, str(headers.get("key", "")), delivery.body, delivery.user_id or "", attempt)
    await inbox.receive(message, acknowledge)
