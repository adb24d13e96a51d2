"""The processes of a lab under test, to be killed by their ids."""

import os
import signal
from pathlib import Path

from deploy.lab.leftovers import MARK
from deploy.lab.state import State


def kill(state: State, command: str) -> None:
    """SIGKILL for `meridian <command>` of this lab. Raises LookupError when it does not run."""
    os.kill(_pid(state, command), signal.SIGKILL)


def _pid(state: State, command: str) -> int:
    mark = f"{MARK}={state.directory}".encode()
    words = [b"-m", b"deploy", command.encode()]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                argv = (entry / "cmdline").read_bytes().split(b"\0")
                environ = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if mark in environ and argv[1:4] == words:
                return int(entry.name)
    raise LookupError(f"meridian {command} does not run")
