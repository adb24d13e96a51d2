"""Agent, libvirtd and guest die at any moment; what should be is there again afterwards, once, and nothing else."""

import asyncio
import json
import os
import signal

import msgspec
import pytest

from compute.messages import AbsentServer
from tests.real.compute.agent.conftest import tap_of
from tests.real.compute.agent.test_server_life import remove
from tests.unit.compute.agent.desired_servers import a_server

pytestmark = pytest.mark.real

CREATION = [
    "FetchImage",
    "CreateDisk",
    "ServeMetadata",
    "Define",
    "StartPaused",
    "Plug",
    "WaitInstalled",
    "Resume",
    "Stamp",
]
REMOVAL = ["Destroy", "Unplug", "Undefine", "RemoveFiles"]


async def kill_agent_at(host, server, action: str) -> None:
    """SIGKILL as soon as the agent says that it begins with an action for a server."""

    async def begun() -> bool:
        lines = host.agent.log_path.read_text().splitlines()
        said = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return any((line.get("server"), line.get("action")) == (str(server.id), action) for line in said)

    await host.until(begun)
    await host.agent.kill()


@pytest.mark.parametrize("action", CREATION)
async def test_agent_killed_while_it_creates_finishes_the_server(
    host, control, network, blank_image, action: str
) -> None:
    interface = await network.interface()
    server = a_server(image=blank_image, interfaces=(interface,), metadata_ports=(network.metadata_port,))
    await control.desire(server)
    await kill_agent_at(host, server, action)
    await host.agent.start()
    assert (await control.reported(server, "running")).plugged_ports == (interface.port_id,)
    held = await host.everything_of(network)
    assert held["domains"] == {f"instance-{server.id}"}
    assert {tap_of(interface)} < held["bridge"] and len(held["bridge"]) == 2
    await remove(host, control, server, network)


@pytest.mark.parametrize("action", REMOVAL)
async def test_agent_killed_while_it_removes_leaves_nothing(host, control, network, blank_image, action: str) -> None:
    server = a_server(
        image=blank_image, interfaces=(await network.interface(),), metadata_ports=(network.metadata_port,)
    )
    await control.desire(server)
    await control.reported(server, "running")
    await control.desire(AbsentServer(server.id, 2))
    await kill_agent_at(host, server, action)
    await host.agent.start()
    await remove(host, control, msgspec.structs.replace(server, generation=2), network)


async def test_agent_adopts_what_runs(host, control, network, blank_image) -> None:
    server = a_server(
        image=blank_image, interfaces=(await network.interface(),), metadata_ports=(network.metadata_port,)
    )
    await control.desire(server)
    await control.reported(server, "running")
    before = await host.virsh("domid", f"instance-{server.id}"), await host.everything_of(network)
    await host.agent.kill()
    control.reports.clear()
    await host.agent.start()
    await control.reported(server, "running")
    assert (await host.virsh("domid", f"instance-{server.id}"), await host.everything_of(network)) == before
    await remove(host, control, server, network)


async def test_libvirtd_dies_and_guests_and_agent_do_not(host, control, network, blank_image) -> None:
    server = a_server(image=blank_image, interfaces=(await network.interface(),))
    await control.desire(server)
    await control.reported(server, "running")
    libvirtd = host.hypervisor.libvirtd
    (guest,) = host.guests()
    await libvirtd.kill()
    stopped = msgspec.structs.replace(server, generation=2, power="stopped")
    await control.desire(stopped)
    await control.reported(stopped, "building")
    os.kill(guest, 0)
    await libvirtd.start()
    await control.reported(stopped, "stopped")
    await remove(host, control, stopped, network)


async def test_guest_whose_emulator_died_is_started_again(host, control, network, blank_image) -> None:
    server = a_server(image=blank_image, interfaces=(await network.interface(),))
    await control.desire(server)
    await control.reported(server, "running")
    (guest,) = host.guests()
    os.kill(guest, signal.SIGKILL)

    async def runs_anew() -> bool:
        return any(pid != guest for pid in host.guests())

    await host.until(runs_anew)
    await control.reported(server, "running")
    await remove(host, control, server, network)


async def test_power_cycle_of_the_host_restarts_guests_while_control_is_away(
    host, control, network, blank_image
) -> None:
    """Agent, libvirtd and guests are gone at once; the agent starts what it remembers without asking anyone."""
    interface = await network.interface()
    server = a_server(image=blank_image, interfaces=(interface,), metadata_ports=(network.metadata_port,))
    await control.desire(server)
    await control.reported(server, "running")
    libvirtd = host.hypervisor.libvirtd
    await host.agent.kill()
    await libvirtd.kill()
    await libvirtd.destroy_guests()
    await libvirtd.start()
    await host.agent.start()

    async def runs() -> bool:
        return "running" in await host.virsh("domstate", f"instance-{server.id}")

    await host.until(runs)
    await remove(host, control, server, network)


async def test_domain_that_nobody_asked_for_is_in_the_inventory(host, control, blank_image) -> None:
    """The desired state is lost with its file; control hears of the server and says what is to become of it."""
    server = a_server(power="stopped", image=blank_image, interfaces=())
    await control.desire(server)
    await control.reported(server, "stopped")
    await host.agent.kill()
    (host.agent.state / "servers" / f"{server.id}.json").unlink()
    await host.agent.start()
    await control.inventory(lambda report: any(each.server_id == server.id for each in report.servers))
    await remove(host, control, server)


async def test_port_that_somebody_unplugged_is_back(host, control, network, blank_image) -> None:
    interface = await network.interface()
    server = a_server(image=blank_image, interfaces=(interface,))
    await control.desire(server)
    await control.reported(server, "running")
    await host.hypervisor.vsctl("del-port", "br-int", tap_of(interface))

    async def back() -> bool:
        return tap_of(interface) in await host.bridge_ports()

    await host.until(back)
    await remove(host, control, server, network)


async def test_servers_are_made_side_by_side_from_one_download(host, control, network, blank_image) -> None:
    before = control.downloads
    servers = [a_server(image=blank_image, interfaces=(await network.interface(),)) for _ in range(3)]
    await asyncio.gather(*(control.desire(server) for server in servers))
    for server in servers:
        await control.reported(server, "running")
    assert control.downloads - before <= 1
    for server in servers:
        await control.desire(AbsentServer(server.id, 2))
    await remove(host, control, servers[0], network)
