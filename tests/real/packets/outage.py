"""How long somebody was not reached."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.real.packets.guest import ECHO_REQUEST, NO_WAY, Guest

EVERY_S = 0.05


class Watch:
    """Times, of the event loop, at which answers came."""

    def __init__(self) -> None:
        self.answers: list[float] = []

    @property
    def longest_gap_s(self) -> float:
        """Between two answers one after the other, the present being one."""
        times = [*self.answers, asyncio.get_running_loop().time()]
        return max((after - before for before, after in zip(times, times[1:], strict=False)), default=0.0)

    async def answered(self, count: int, *, within_s: float = 20.0) -> None:
        """Returns when as many more answers came. Raises TimeoutError."""
        wanted = len(self.answers) + count
        async with asyncio.timeout(within_s):
            while len(self.answers) < wanted:
                await asyncio.sleep(EVERY_S)


@asynccontextmanager
async def watching(guest: Guest, address: str) -> AsyncIterator[Watch]:
    """Echo requests to an IPv4 address all the time, each the same as the one before."""
    with guest.open_socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as echo:
        watch = Watch()
        tasks = [asyncio.create_task(_ask(echo, address)), asyncio.create_task(_listen(echo, watch))]
        try:
            yield watch
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def _ask(echo: socket.socket, address: str) -> None:
    while True:
        with suppress(*NO_WAY):
            await asyncio.get_running_loop().sock_sendto(echo, ECHO_REQUEST[4] + bytes(7) + b"meridian", (address, 0))
        await asyncio.sleep(EVERY_S)


async def _listen(echo: socket.socket, watch: Watch) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            await loop.sock_recv(echo, 2048)
        except OSError:
            await asyncio.sleep(EVERY_S)
        else:
            watch.answers.append(loop.time())
