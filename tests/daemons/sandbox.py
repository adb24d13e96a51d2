"""Where the daemons of the tests live, and how test runs that share a machine stay apart."""

import os
import random
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FIRST_PORT, LAST_PORT = 20000, 32000


@contextmanager
def sandbox(kind: str) -> Iterator[Path]:
    """A private directory with a short path (unix sockets allow 107 bytes), removed at the end.

    With MERIDIAN_KEEP_SANDBOX set it stays, to read the logs in it.
    """
    directory = Path(tempfile.mkdtemp(prefix=f"meridian-{kind}-"))
    try:
        yield directory
    finally:
        if "MERIDIAN_KEEP_SANDBOX" not in os.environ:
            shutil.rmtree(directory)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, below the ephemeral range."""
    while True:
        port = random.randrange(FIRST_PORT, LAST_PORT)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
