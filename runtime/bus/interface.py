"""What a bus promises, whatever carries it.

A publisher hands a message to `publish`; it waits in a bounded mailbox until the other side says that it was handled.
A consumer registers one handler per topic; the handler gets one message at a time, in the order of publication.

* At least once: a message is acknowledged when its handler returned. It comes again when the handler raised (after a
  growing pause), or when the consuming process went away. So handlers are idempotent.
* Not for ever: after `Limits.attempts` deliveries, or when its mailbox is full and it is the oldest one there, a
  message is dropped, logged and counted. The truth lives in the database, and receivers reconcile from it.
* A message that still waits may be superseded by a later one of the same sender with the same topic and key.
* Nobody is trusted to say who he is: `Message.sender` is what the transport proved.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import msgspec

TOPIC = re.compile(r"[A-Za-z0-9._-]{1,255}")
LONGEST_KEY_BYTES = 255


class BusError(Exception):
    """The bus cannot do what was asked; nothing was published or registered."""


class OversizeBody(BusError):
    """The body is longer than `Limits.body_bytes`."""


class AlreadyConsumed(BusError):
    """This bus already has a handler for the topic."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Every bound of a bus. One mailbox holds up to `queued_messages` and `queued_bytes`, whichever is reached first."""

    body_bytes: int = 1024 * 1024
    queued_messages: int = 1000
    queued_bytes: int = 16 * 1024 * 1024
    topics: int = 10_000
    unacknowledged: int = 16
    attempts: int = 5
    retry_first_s: float = 0.1
    retry_longest_s: float = 2.0
    publish_wait_s: float = 5.0
    reconnect_first_s: float = 0.1
    reconnect_longest_s: float = 2.0
    connect_timeout_s: float = 5.0
    heartbeat_s: float = 5.0
    recheck_peer_s: float = 5.0


class Message(msgspec.Struct, frozen=True):
    """One delivery. `attempt` counts deliveries of this message from 1; `sender` is "" when nothing proves it."""

    topic: str
    key: str
    body: bytes
    sender: str
    attempt: int


class Statistics(msgspec.Struct):
    """What happened on one bus since it was opened, in messages (`connections`: times that it got connected)."""

    published: int = 0
    handled: int = 0
    failed_attempts: int = 0
    superseded: int = 0
    dropped_mailbox_full: int = 0
    dropped_attempts_spent: int = 0
    dropped_unroutable: int = 0
    refused: int = 0
    connections: int = 0


Handler = Callable[[Message], Coroutine[Any, Any, None]]
OnConnect = Callable[[], Awaitable[None]]


class Bus(Protocol):
    """One process's end of the bus. `open` returns at once; connecting goes on in the background for ever."""

    statistics: Statistics

    @property
    def connected(self) -> bool:
        """Whether messages can flow now; a bus that is not connected still takes publications."""

    def on_connect(self, callback: OnConnect) -> None:
        """Have `callback` awaited after each connection, the first included; what it raises is logged."""

    async def open(self) -> None:
        """Begin to connect. Handlers and callbacks may be registered before or after."""

    async def publish(self, topic: str, body: bytes, *, key: str) -> None:
        """Take a message for delivery. Of two with one topic and key the later may supersede the earlier.

        Waits up to `Limits.publish_wait_s` for room while connected, then makes room by dropping the oldest.
        Raises `OversizeBody`, or `BusError` for a bad topic or key. A topic that this process may not publish to is logged and counted as refused.
        """

    async def consume(self, topic: str, handler: Handler) -> None:
        """Register the handler of a topic for as long as the bus is open. Raises `AlreadyConsumed`."""

    async def close(self) -> None:
        """Stop handlers and connections. What was not acknowledged is not lost by the other side."""


def check_topic(topic: str) -> None:
    """Raise `BusError` for a topic that some transport could not carry or would read as a pattern."""
    if TOPIC.fullmatch(topic) is None:
        raise BusError(f"{topic[:80]!r} is no topic: 1 to 255 letters, digits, dots, dashes and underscores")


def check_publication(topic: str, body: bytes, key: str, limits: Limits) -> None:
    """Raise `OversizeBody` when the body may not travel, `BusError` for a bad topic or a key above 255 bytes."""
    check_topic(topic)
    if len(body) > limits.body_bytes:
        raise OversizeBody(f"a body of {len(body)} bytes exceeds the limit of {limits.body_bytes}")
    if len(key.encode()) > LONGEST_KEY_BYTES:
        raise BusError(f"the key {key[:40]!r}... is longer than {LONGEST_KEY_BYTES} bytes")
