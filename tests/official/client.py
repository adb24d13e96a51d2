"""Commands for the one client process of this test process; see `program`."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock, Timer

HOME = Path(sys.executable).parents[1] / "client-home"
"""Of the client, which keeps there what it found out about its plugins; nobody's own settings are in it."""
LONGEST_COMMAND_S = 120


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> list[str]:
        return self.out.split()


async def run_openstack(environ: Mapping[str, str], *arguments: str) -> Ran:
    """What `openstack` with these arguments answers; commands at once wait for each other."""
    return await asyncio.to_thread(_client().run, environ, arguments)


class _Client:
    """The process ends with its standard input, so no test process leaves one behind."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process = self._start()

    def run(self, environ: Mapping[str, str], arguments: tuple[str, ...]) -> Ran:
        command = {"environ": _surroundings() | environ, "arguments": arguments}
        with self._lock:
            if self._process.poll() is not None:
                self._process = self._start()
            giving_up = Timer(LONGEST_COMMAND_S, self._process.kill)
            giving_up.start()
            try:
                self._process.stdin.write(json.dumps(command) + "\n")
                self._process.stdin.flush()
                answer = self._process.stdout.readline()
            finally:
                giving_up.cancel()
        assert answer, f"openstack {' '.join(arguments)}: no answer in {LONGEST_COMMAND_S} s"
        return Ran(**json.loads(answer))

    def _start(self) -> "subprocess.Popen[str]":
        program = [sys.executable, str(Path(__file__).with_name("program.py"))]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen(program, env=_surroundings(), **pipes)


def _surroundings() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(HOME), "LC_ALL": "C.UTF-8"}


@cache
def _client() -> _Client:
    return _Client()
