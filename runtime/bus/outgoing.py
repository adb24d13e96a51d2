"""Letters from a mailbox to one WebSocket, with a bound on how many are unacknowledged."""

import asyncio
from collections.abc import Awaitable, Callable

from runtime.bus.frames import Frame, Publication
from runtime.bus.interface import Limits
from runtime.bus.mailbox import Mailbox

SendFrame = Callable[[Frame], Awaitable[None]]


class Outgoing:
    """One connection's way out of a mailbox; made anew for each connection."""

    def __init__(self, mailbox: Mailbox, send: SendFrame, limits: Limits):
        self._mailbox = mailbox
        self._send = send
        self._window = asyncio.Semaphore(limits.unacknowledged)

    async def run(self) -> None:
        """Send until cancelled or the connection fails; then everything unacknowledged waits in the mailbox again."""
        try:
            while True:
                await self._window.acquire()
                letter = await self._mailbox.take()
                await self._send(
                    Publication(letter.topic, letter.number, letter.key, letter.body, letter.sender, letter.deliveries)
                )
        finally:
            self._mailbox.return_all()

    def settle(self, number: int) -> None:
        """The other side acknowledged or refused this letter."""
        if self._mailbox.settle(number):
            self._window.release()
