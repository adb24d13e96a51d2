"""What the AMQP transport asks of a RabbitMQ broker: its exchange, channels, queues and the rights of an agent."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aiormq.exceptions import ChannelNotFoundEntity

from runtime.bus.interface import Limits

EXCHANGE = "meridian"
UNUSED_QUEUE_MS = 24 * 3600 * 1000


class Link:
    """One connection to the broker. `ended` is set as soon as it, or any channel that matters, is gone."""

    def __init__(self, connection: AbstractConnection):
        self.ended = asyncio.Event()
        self._connection = connection
        connection.close_callbacks.add(self._end)

    async def publishing_channel(self) -> AbstractChannel:
        """A channel on which the broker confirms publications and returns those without a queue."""
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=False)
        channel.close_callbacks.add(self._end)
        return channel

    async def consuming_channel(self, unacknowledged: int) -> AbstractChannel:
        """A channel of one consumer, which alone suffers when the broker refuses its topic."""
        channel = await self._connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=unacknowledged)
        return channel

    async def end_with(self, channel: AbstractChannel) -> None:
        """End when this channel is closed or its consumer cancelled, as happens when its queue is deleted."""
        channel.close_callbacks.add(self._end)
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(self._end)

    async def open_exchange(self) -> AbstractExchange:
        """The exchange of all topics, for publishing; made when it is missing, which agents may not do."""
        try:
            probe = await self._connection.channel()
            await probe.get_exchange(EXCHANGE)
            await probe.close()
        except ChannelNotFoundEntity:
            maker = await self._connection.channel()
            await maker.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
            await maker.close()
        return await (await self.publishing_channel()).get_exchange(EXCHANGE, ensure=False)

    def _end(self, *_reason: object) -> None:
        self.ended.set()


def queue_arguments(limits: Limits) -> dict[str, str | int]:
    """How every queue of the bus is declared; all processes must use the same limits, else the broker refuses."""
    return {
        "x-queue-type": "quorum",
        "x-max-length": limits.queued_messages,
        "x-max-length-bytes": limits.queued_bytes,
        "x-overflow": "drop-head",
        "x-delivery-limit": limits.attempts - 1,
        "x-expires": UNUSED_QUEUE_MS,
    }


@dataclass(frozen=True, slots=True)
class BrokerPermissions:
    """Regular expressions for `rabbitmqctl set_permissions` and, for the exchange, `set_topic_permissions`."""

    configure: str
    write: str
    read: str
    topic_write: str
    topic_read: str


def peer_permissions(publishes: Iterable[str], consumes: Iterable[str]) -> BrokerPermissions:
    """The rights of a broker user that may publish to some topics and consume some, and nothing else."""
    own, named = _any_of(consumes), _any_of([*consumes, EXCHANGE])
    return BrokerPermissions(own, named, named, _any_of(publishes), own)


def _any_of(names: Iterable[str]) -> str:
    return f"^({'|'.join(re.escape(name) for name in names)})$"
