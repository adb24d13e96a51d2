"""`lab down`: ends the supervisor and with it everything, then whatever a crash may have left."""

import asyncio
import os
import shutil
import signal
import socket
import struct

from deploy.lab.leftovers import remove_running_parts
from deploy.lab.state import State

STOP_TIMEOUT_S = 60.0


async def stop_lab(state: State) -> None:
    """Return when no process or namespace of the lab is left; its files stay."""
    pid = find_supervisor(state)
    if pid is not None:
        await _end(pid)
    await remove_running_parts(state)


def purge_files(state: State) -> None:
    """Remove the state directory. Nothing may run in it. Raises ValueError when no lab ever was there."""
    if not state.directory.exists():
        return
    if not state.logs.is_dir():
        raise ValueError(f"{state.directory} is not a lab's directory; nothing was removed")
    shutil.rmtree(state.directory)


async def _end(pid: int) -> None:
    """Ask a process to end and return when it has."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process, ended.set)
    try:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await ended.wait()
    finally:
        loop.remove_reader(process)
        os.close(process)


def find_supervisor(state: State) -> int | None:
    """The process behind the status socket, if any."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(state.status_socket))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return struct.unpack("3i", credentials)[0]
