"""What a consuming process has received but not handled yet: at most `Limits.unacknowledged` messages of one topic."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from runtime.bus.delivery import handle_until_done
from runtime.bus.interface import Handler, Limits, Message, Statistics

log = structlog.get_logger(__name__)

Acknowledge = Callable[[], Awaitable[None]]


class Inbox:
    """Feeds one topic's handler from whatever connection is up. The connection may change under it.

    An acknowledgement goes to the connection that delivered the message; when that one is gone the sender delivers
    again, which handlers must bear anyway.
    """

    def __init__(self, handler: Handler, limits: Limits, statistics: Statistics):
        self._handler = handler
        self._limits = limits
        self._statistics = statistics
        self._queue: asyncio.Queue[tuple[Message, Acknowledge]] = asyncio.Queue(limits.unacknowledged)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to handle, if not begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def receive(self, message: Message, acknowledge: Acknowledge) -> None:
        """Queue a delivery; waits while the queue is full, which holds back the sender."""
        await self._queue.put((message, acknowledge))

    def forget_undelivered(self) -> None:
        """Drop what no handler has seen: its connection is gone and its sender will deliver it again."""
        while not self._queue.empty():
            self._queue.get_nowait()

    async def close(self) -> None:
        """Stop in the middle of whatever is handled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            message, acknowledge = await self._queue.get()
            await handle_until_done(message, self._handler, self._limits, self._statistics)
            try:
                await acknowledge()
            except ConnectionError:
                log.info("bus acknowledgement came too late", topic=message.topic, key=message.key)
