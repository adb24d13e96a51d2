"""What a lab may leave on the machine, how it is found and how it is removed.

    processes     the lab's children carry MERIDIAN_STATE in their environment; guests, whose environment libvirt
                  empties, have process-id files
    namespaces    two by name, and those of the agent's metadata services, recognised by their devices' twin ends
    mounts        below the state directory
    files         the state directory itself

Everything else that daemons make (bridges, taps, veths) is inside the namespaces and goes with them.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from deploy.lab.daemons.libvirt import guest_pids
from deploy.lab.daemons.programs import run
from deploy.lab.daemons.waiting import until
from deploy.lab.namespaces import NAMESPACES, Namespace
from deploy.lab.state import State

MARK = "MERIDIAN_STATE"
METADATA_PREFIX = "ovnmeta-"
DEVICE_ID_LENGTH = 10
END_TIMEOUT_S, KILL_TIMEOUT_S = 5.0, 10.0


async def find_leftovers(state: State) -> list[str]:
    """One line for each thing of the lab at `state` that exists now; empty after a purge."""
    found = [f"process {pid}: {_command_line(pid)}" for pid in _processes(state)]
    found += [f"namespace {namespace.name}" for namespace in await _namespaces(state)]
    found += [f"mount {mount}" for mount in _mounts(state)]
    if state.directory.exists():
        found.append(f"directory {state.directory}")
    return found


async def remove_running_parts(state: State) -> None:
    """End every process of the lab and remove its namespaces; what it keeps in files stays.

    Politely at first: PostgreSQL has shared memory outside of any directory, which it removes when it may.
    """
    with contextlib.suppress(TimeoutError):
        await _end_processes(state, signal.SIGTERM, END_TIMEOUT_S)
    await _end_processes(state, signal.SIGKILL, KILL_TIMEOUT_S)
    await remove_namespaces(state)


async def _end_processes(state: State, number: signal.Signals, timeout_s: float) -> None:
    """Send a signal to every process of the lab. Raises TimeoutError when some are there after `timeout_s`."""
    for pid in _processes(state):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    async def all_ended() -> bool:
        return not any(_processes(state))

    await until(all_ended, timeout_s)


async def remove_namespaces(state: State) -> None:
    """Remove the lab's namespaces and every device in them. Their processes must have ended."""
    for namespace in await _namespaces(state):
        await namespace.delete()


def _processes(state: State) -> Iterator[int]:
    """Every process that the lab started, but not ourselves."""
    mark = f"{MARK}={state.directory}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name)
    yield from guest_pids(state.host / "libvirt")


async def _namespaces(state: State) -> list[Namespace]:
    """The lab's namespaces that exist: first those of the metadata services, whose devices end in the host's."""
    named = [namespace for namespace in (state.host_namespace, state.internet_namespace) if namespace.path.exists()]
    ours = [namespace for namespace in named if await namespace.owner() == str(state.directory)]
    if state.host_namespace not in ours:
        return ours
    return [namespace for namespace in _metadata_namespaces() if await _is_wired_to(state, namespace)] + ours


def _metadata_namespaces() -> list[Namespace]:
    return [Namespace(path.name) for path in NAMESPACES.glob(f"{METADATA_PREFIX}*")]


async def _is_wired_to(state: State, namespace: Namespace) -> bool:
    """Whether the host's namespace holds the other end of a metadata namespace (tap<start of the network's id>0)."""
    links = await run(["ip", "-n", state.host_namespace.name, "-o", "link"])
    network = namespace.name.removeprefix(METADATA_PREFIX)
    return f"tap{network[:DEVICE_ID_LENGTH]}0" in links


def _mounts(state: State) -> list[str]:
    targets = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
    return [target for target in targets if target.startswith(f"{state.directory}/")]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "(ended meanwhile)"
