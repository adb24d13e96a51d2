"""A listening socket inside another network namespace, held by a process outside of it.

A socket belongs for ever to the namespace in which it was made, whoever holds it, so a thread that enters the
namespace, makes the socket and ends is all that is needed: no process per network.
"""

import ctypes
import os
import socket
import threading
from pathlib import Path

_NAMESPACES = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
_BACKLOG = 64


def listen_in(namespace: str, address: str, port: int) -> socket.socket:
    """A non-blocking TCP socket listening on `address` inside a named namespace. Blocks; raises OSError.

    Source: setns(2); the thread is not reused, since it stays in the namespace.
    """
    outcome: list[socket.socket | OSError] = []

    def enter_and_listen() -> None:
        try:
            _enter(namespace)
            outcome.append(_listen(address, port))
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=enter_and_listen, name=f"enter-{namespace}")
    thread.start()
    thread.join()
    if isinstance(outcome[0], OSError):
        raise outcome[0]
    return outcome[0]


def _enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(_NAMESPACES / namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(descriptor, _CLONE_NEWNET) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), namespace)
    finally:
        os.close(descriptor)


def _listen(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
