"""Asking the agent of a server's host for the tail of its console, and waiting for the answer.

The question goes over the bus; the answer comes to whoever consumes `reply_topic`, who hands it to `answer`. A lost
message costs the caller one timeout.
"""

import asyncio
import uuid
from typing import Protocol
from uuid import UUID

from aiohttp import web

from compute.messages import ConsoleRequest, ConsoleTail, agent_topic, encode
from runtime.errors import Unavailable

LARGEST_TAIL_BYTES = 100 * 1024
TIMEOUT_S = 5
MOST_WAITING = 100


class Publisher(Protocol):
    async def publish(self, topic: str, body: bytes, *, key: str) -> None: ...


class ConsoleDesk:
    """Questions that wait for their answer, at most MOST_WAITING at once."""

    def __init__(self, bus: Publisher, reply_topic: str, timeout_s: float = TIMEOUT_S) -> None:
        self._bus = bus
        self._reply_topic = reply_topic
        self._timeout_s = timeout_s
        self._waiting: dict[UUID, tuple[str, asyncio.Future[str | None]]] = {}

    async def ask(self, server_id: str, host: str) -> str | None:
        """The tail of the console, None when it has none yet. Raises Unavailable when the agent does not answer."""
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable("Too many console requests are waiting.")
        question = ConsoleRequest(uuid.uuid4(), UUID(server_id), LARGEST_TAIL_BYTES, self._reply_topic)
        answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting[question.id] = host, answered
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._bus.publish(agent_topic(host), encode(question), key=f"console/{question.id}")
                return await answered
        except TimeoutError as error:
            raise Unavailable("The host of the server does not answer.") from error
        finally:
            del self._waiting[question.id]

    def answer(self, tail: ConsoleTail, sender_host: str) -> None:
        """Takes an answer that came in; one that nobody waits for, or of another host, is dropped."""
        host, answered = self._waiting.get(tail.request_id, ("", None))
        if answered is not None and not answered.done() and host == sender_host:
            answered.set_result(tail.text)


CONSOLE = web.AppKey("console", ConsoleDesk)


def last_lines(text: str, lines: int | None) -> str:
    """The last `lines` lines; None and -1 are all."""
    if lines is None or lines < 0:
        return text
    if lines == 0:
        return ""
    return "\n".join(text.rstrip("\n").split("\n")[-lines:]) + "\n"
