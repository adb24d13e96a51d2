"""Servers that are no directory: those who never answer, and those who answer what they like."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.daemons.sandbox import free_port

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Stranger:
    port: int
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"


async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    while await reader.read(4096):
        pass


def answering(*answers: bytes) -> Talk:
    """One answer to each thing that is said, then silence."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await reader.read(65536):
                return
            writer.write(answer)
        await say_nothing(reader, writer)

    return talk


@asynccontextmanager
async def stranger(talk: Talk = say_nothing) -> AsyncIterator[Stranger]:
    found = Stranger(free_port())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.connections += 1
        found.open_now += 1
        found.most_open = max(found.most_open, found.open_now)
        found.writers.append(writer)
        with suppress(ConnectionError):
            await talk(reader, writer)
        found.open_now -= 1
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", found.port)
    try:
        yield found
    finally:
        server.close()
        for writer in found.writers:
            writer.transport.abort()


@asynccontextmanager
async def deaf() -> AsyncIterator[Stranger]:
    """A port whose queue is full: connecting to it takes for ever."""
    with socket.socket() as listener:
        port = free_port()
        listener.bind(("127.0.0.1", port))
        listener.listen(0)
        callers = [socket.socket() for _ in range(4)]
        try:
            for caller in callers:
                caller.setblocking(False)
                with suppress(BlockingIOError):
                    caller.connect(("127.0.0.1", port))
            yield Stranger(port)
        finally:
            for caller in callers:
                caller.close()
