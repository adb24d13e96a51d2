"""The supervisor's unix socket: whoever connects reads all components' states as a line of JSON, and
another such line after every change.

That somebody accepts connections there is also the proof that the lab runs.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from deploy.lab.supervisor import ComponentState, States


async def serve_states(states: States, socket: Path) -> asyncio.Server:
    """Serve `states` at `socket`, replacing what a dead supervisor left there."""

    async def tell(writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            async for snapshot in states.follow():
                writer.write(msgspec.json.encode(snapshot) + b"\n")
                await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        telling = asyncio.create_task(tell(writer))
        # Python 3.11 complains of a connection's task that is cancelled, as all are when the supervisor ends.
        with contextlib.suppress(asyncio.CancelledError):
            await reader.read()
        telling.cancel()
        writer.close()

    socket.unlink(missing_ok=True)
    return await asyncio.start_unix_server(serve, str(socket))


async def follow_states(socket: Path) -> AsyncIterator[list[ComponentState]]:
    """The states of a running lab's components, now and after every change. Raises OSError when none runs, ends when it ends."""
    reader, writer = await asyncio.open_unix_connection(str(socket))
    try:
        while line := await reader.readline():
            yield msgspec.json.decode(line, type=list[ComponentState])
    finally:
        writer.close()
