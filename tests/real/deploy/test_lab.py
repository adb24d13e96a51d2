"""The whole lab: up, again, broken and repaired, down without a trace."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from deploy.lab.daemons.programs import ProgramFailed, run
from deploy.lab.daemons.waiting import until
from deploy.lab.down import find_supervisor
from deploy.lab.leftovers import find_leftovers
from deploy.lab.namespaces import Namespace
from deploy.lab.state import CHECKOUT, State
from deploy.lab.status import follow_states
from tests.daemons.cloud import Cloud, lab
from tests.daemons.sandbox import sandbox

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


async def test_administrator_gets_a_token(cloud: Cloud) -> None:
    assert await cloud.openstack("token", "issue", "-f", "value", "-c", "id")


async def test_operator_tools_speak_to_the_lab(cloud: Cloud) -> None:
    assert "host-1" in await cloud.run("ovn-sbctl", "show")


async def test_outside_owns_the_gateway_of_the_provider_network(cloud: Cloud) -> None:
    assert "inet 150.25.12.254/24" in await cloud.outside("ip", "address")
    assert "150.25.12.254" not in await run(["ip", "address"])


async def test_second_up_finds_everything_ready(cloud: Cloud) -> None:
    supervisor = find_supervisor(cloud.state)
    assert "The cloud answers" in await cloud.lab("up")
    assert find_supervisor(cloud.state) == supervisor


async def test_killed_control_is_started_again(cloud: Cloud) -> None:
    pid = await _pid_of(cloud.state, "-m\0deploy\0control")
    os.kill(pid, signal.SIGKILL)

    async def serves_again() -> bool:
        try:
            return bool(await cloud.openstack("token", "issue", "-f", "value", "-c", "id"))
        except ProgramFailed:
            return False

    await until(serves_again, 60)
    assert await _pid_of(cloud.state, "-m\0deploy\0control") != pid


async def test_namespace_of_another_lab_is_not_taken() -> None:
    with sandbox("taken") as directory:
        namespace = Namespace(directory.name)
        await namespace.create("someone else")
        try:
            with pytest.raises(OSError, match="belongs to someone else"):
                await namespace.create("us")
        finally:
            await namespace.delete()


@pytest.mark.parametrize("port", ["port", "metrics_port"])
async def test_control_whose_port_is_taken_is_never_called_ready(guest_image: Path, port: str) -> None:
    with sandbox("port") as directory:
        state = State.at(directory / "state")
        up = [sys.executable, "-m", "deploy.lab", "up", "--state", str(state.directory)]
        try:
            with socket.create_server(("127.0.0.1", getattr(state, port))):
                told = await run(["sh", "-c", '! "$@" 2>&1', "sh", "env", f"PYTHONPATH={CHECKOUT}", *up])
        finally:
            await lab(state, "down", "--purge")
        assert "address already in use" in told
        assert "control does not start" in told
        assert "control is ready" not in told


async def test_purge_after_a_killed_supervisor_leaves_nothing(guest_image: Path) -> None:
    with sandbox("purged") as directory:
        state = State.at(directory / "state")
        try:
            await lab(state, "up")
            supervisor = find_supervisor(state)
            assert supervisor is not None
            os.kill(supervisor, signal.SIGKILL)
            await lab(state, "down")
            # PostgreSQL removes this file last, after its shared memory.
            assert not (state.postgres / "data" / "postmaster.pid").exists()
        finally:
            await lab(state, "down", "--purge")
        assert await find_leftovers(state) == []


async def test_supervisor_tells_the_states_of_all_components(cloud: Cloud) -> None:
    async for states in follow_states(cloud.state.status_socket):
        names = {entry.name for entry in states}
        assert {"postgres", "ovn-nb", "ovs-vswitchd", "libvirtd", "control", "agent"} <= names
        break


async def _pid_of(state: State, words: str) -> int:
    """The process of this lab whose command line has `words` in it, once there is one."""
    found: list[int] = []

    async def exists() -> bool:
        mark = f"MERIDIAN_STATE={state.directory}".encode()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and await asyncio.to_thread(_has, entry, words.encode(), mark):
                found.append(int(entry.name))
        return bool(found)

    await until(exists, 30)
    return found[0]


def _has(process: Path, words: bytes, mark: bytes) -> bool:
    try:
        return words in (process / "cmdline").read_bytes() and mark in (process / "environ").read_bytes()
    except OSError:
        return False
