"""Doing something inside a network namespace without leaving this process."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.lab.namespaces import Namespace

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def inside(namespace: Namespace) -> Iterator[None]:
    """This thread is in the namespace; sockets opened meanwhile stay there. Never await inside."""
    with open("/proc/thread-self/ns/net") as home, open(namespace.path) as there:
        _enter(there.fileno())
        try:
            yield
        finally:
            _enter(home.fileno())


def _enter(descriptor: int) -> None:
    if LIBC.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def set_kernel(namespace: Namespace, key: str, value: str) -> None:
    """Sets `net.KEY` of the namespace, e.g. ipv6.conf.eth0.disable_ipv6."""
    with inside(namespace):
        Path("/proc/sys/net", *key.split(".")).write_text(value)


def read_kernel(namespace: Namespace, key: str) -> str:
    with inside(namespace):
        return Path("/proc/sys/net", *key.split(".")).read_text().strip()
