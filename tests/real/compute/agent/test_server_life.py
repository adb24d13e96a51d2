"""One server on a real host: made, wired, stopped, started, rebooted, changed and removed."""

from uuid import uuid4

import msgspec
import pytest

from compute.messages import AbsentServer
from tests.real.compute.agent.conftest import tap_of
from tests.unit.compute.agent.desired_servers import a_server, an_image

pytestmark = pytest.mark.real


async def remove(host, control, server, *networks) -> None:
    """Ask for nothing of a server and wait until the host holds nothing at all."""
    gone = AbsentServer(server.id, server.generation + 1)
    await control.desire(gone)
    await control.reported(gone, "absent")

    async def nothing_left() -> bool:
        return not any((await host.everything_of(*networks)).values())

    await host.until(nothing_left)


async def test_server_runs_wired_and_leaves_nothing(host, control, network, blank_image, ovn) -> None:
    interface = await network.interface()
    server = a_server(image=blank_image, interfaces=(interface,), metadata_ports=(network.metadata_port,))
    await control.desire(server)
    report = await control.reported(server, "running")
    assert report.plugged_ports == (interface.port_id,)
    assert tap_of(interface) in await host.bridge_ports()
    assert await host.metadata_namespaces(network)
    await ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=str(interface.port_id), up=True)
    await remove(host, control, server, network)


async def test_absence_of_a_server_that_never_was_is_reported(host, control) -> None:
    gone = AbsentServer(a_server().id, 1)
    await control.desire(gone)
    await control.reported(gone, "absent")


async def test_power_follows_what_is_desired(host, control, network, blank_image) -> None:
    """The guest here has no operating system, so it does not hear the button and its power is cut."""
    interface = await network.interface()
    server = a_server(image=blank_image, interfaces=(interface,))
    await control.desire(server)
    await control.reported(server, "running")
    first = (await host.virsh("domid", f"instance-{server.id}")).strip()

    rebooted = msgspec.structs.replace(server, generation=2, boot_serial=1, boot_kind="hard")
    await control.desire(rebooted)
    assert (await control.reported(rebooted, "running")).boot_serial == 1
    assert (await host.virsh("domid", f"instance-{server.id}")).strip() != first

    stopped = msgspec.structs.replace(rebooted, generation=3, power="stopped")
    await control.desire(stopped)
    await control.reported(stopped, "stopped")
    assert tap_of(interface) not in await host.bridge_ports()

    started = msgspec.structs.replace(stopped, generation=4, power="running")
    await control.desire(started)
    report = await control.reported(started, "running")
    assert report.plugged_ports == (interface.port_id,)
    await remove(host, control, started, network)


async def test_interface_comes_and_goes_while_the_guest_runs(host, control, network, blank_image, ovn) -> None:
    first, second = await network.interface(), await network.interface()
    server = a_server(image=blank_image, interfaces=(first,))
    await control.desire(server)
    await control.reported(server, "running")

    wider = msgspec.structs.replace(server, generation=2, interfaces=(first, second))
    await control.desire(wider)
    report = await control.reported(wider, "running")
    assert set(report.plugged_ports) == {first.port_id, second.port_id}
    await ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=str(second.port_id), up=True)
    await remove(host, control, wider, network)


async def test_image_that_is_not_what_it_claims_is_given_up(host, control, blank_image) -> None:
    lying = msgspec.structs.replace(blank_image, disk_format="qcow2")
    server = a_server(image=lying, interfaces=())
    await control.desire(server)
    assert (await control.reported(server, "error")).fault == "image_rejected"
    await remove(host, control, server)


async def test_image_that_control_does_not_give_is_given_up(host, control) -> None:
    server = a_server(image=an_image(), interfaces=(), request_id=f"req-{uuid4()}")
    await control.desire(server)
    assert (await control.reported(server, "error")).fault == "image_unavailable"
    said = [line for line in host.agent.log_path.read_text().splitlines() if server.request_id in line]
    assert any("control has no such image" in line for line in said)
    await remove(host, control, server)


async def test_port_that_ovn_does_not_know_keeps_the_guest_waiting(host, control, network, blank_image) -> None:
    """A guest runs only once its port is wired; until then it is paused, and removal does not wait for the wire."""
    interface = await network.interface()
    await network.ovn.nbctl("lsp-del", str(interface.port_id))
    server = a_server(image=blank_image, interfaces=(interface,))
    await control.desire(server)

    async def plugged() -> bool:
        return tap_of(interface) in await host.bridge_ports()

    await host.until(plugged)
    assert "paused" in await host.virsh("domstate", f"instance-{server.id}")
    await remove(host, control, server, network)


async def test_late_message_does_not_bring_back_an_older_state(host, control, blank_image) -> None:
    server = a_server(generation=5, power="stopped", image=blank_image, interfaces=())
    await control.desire(server)
    await control.reported(server, "stopped")
    await control.desire(msgspec.structs.replace(server, generation=4, power="running"))
    await control.desire(server)
    await control.reported(server, "stopped")
    assert "shut off" in await host.virsh("domstate", f"instance-{server.id}")
    await remove(host, control, server)
