"""`lab up`: starts the supervisor unless it runs, and tells how far it is until everything is ready.

The supervisor lives on without us; `status.sock` is how we see it.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter

from deploy.lab.daemons.waiting import socket_accepts, until
from deploy.lab.down import stop_lab
from deploy.lab.leftovers import MARK
from deploy.lab.state import CHECKOUT, State
from deploy.lab.status import follow_states
from deploy.lab.supervisor import ComponentState

START_TIMEOUT_S = 20.0
READY_TIMEOUT_S = 120.0
PATIENCE = 3  # failures of one component before we give up


class LabFailed(Exception):
    """The lab did not come up; the message names the component and its log."""


async def bring_up(state: State) -> None:
    """Return when every component is ready, having told about each. Raises LabFailed, having stopped the lab."""
    await _ensure_supervisor(state)
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            await _tell_until_ready(state)
    except TimeoutError:
        await stop_lab(state)
        raise LabFailed(f"the lab was not ready within {READY_TIMEOUT_S:.0f} s; logs are in {state.logs}") from None
    except LabFailed:
        await stop_lab(state)
        raise


async def _ensure_supervisor(state: State) -> None:
    if await socket_accepts(str(state.status_socket)):
        return
    supervisor = _start_supervisor(state)

    async def answers_or_dead() -> bool:
        return supervisor.poll() is not None or await socket_accepts(str(state.status_socket))

    await until(answers_or_dead, START_TIMEOUT_S)
    if supervisor.poll() is not None:
        raise LabFailed(
            f"the supervisor ended with status {supervisor.returncode}; its log is {state.logs}/supervisor.log"
        )


def _start_supervisor(state: State) -> subprocess.Popen:
    """The supervisor, detached from this terminal; its children inherit the mark by which they are found again."""
    state.prepare()
    with open(state.logs / "supervisor.log", "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.lab", "run", "--state", str(state.directory)],
            cwd=CHECKOUT,
            env={**os.environ, MARK: str(state.directory)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def _tell_until_ready(state: State) -> None:
    """Print a line for each component that becomes ready or fails."""
    told: set[ComponentState] = set()
    failures: Counter[str] = Counter()
    async for states in follow_states(state.status_socket):
        for entry in states:
            if entry in told:
                continue
            told.add(entry)
            if entry.state == "ready":
                tell(f"{entry.name} is ready ({entry.seconds:.1f} s after the start)")
            elif entry.state == "failed":
                tell(f"{entry.name}: {entry.complaint}")
                failures[entry.name] += 1
                if failures[entry.name] == PATIENCE:
                    raise LabFailed(f"{entry.name} does not start; logs are in {state.logs}")
        if all(entry.state == "ready" for entry in states):
            return
    raise LabFailed(f"the supervisor ended; its log is {state.logs}/supervisor.log")


def tell(line: str) -> None:
    """Say how things go, with the time."""
    print(time.strftime("%H:%M:%S"), line, flush=True)
