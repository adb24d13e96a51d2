"""A real guest: it gets its address and its name, hears the power button, and lets go of a card."""

from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from compute.messages import ConsoleRequest, DesiredServer, Flavor
from tests.real.compute.agent.conftest import Host, TenantNetwork, an_image_of, tap_of
from tests.real.compute.agent.control_side import ControlSide
from tests.real.compute.agent.test_server_life import remove
from tests.unit.compute.agent.desired_servers import a_server

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

BOOT_TIMEOUT_S = 120


async def give_addresses(network: TenantNetwork, *ports: str) -> None:
    """DHCP on a network, with the route to the metadata service in it."""
    options = [
        *("server_id=10.50.0.1", 'server_mac="fa:16:3e:00:00:01"', "lease_time=3600", "mtu=1442"),
        'classless_static_route="{169.254.169.254/32,10.50.0.2,0.0.0.0/0,10.50.0.1}"',
    ]
    row = await network.ovn.nbctl("create", "DHCP_Options", f"cidr={network.cidr}")
    await network.ovn.nbctl("dhcp-options-set-options", row, *(option.replace('"', "") for option in options))
    for port in ports:
        await network.ovn.nbctl("lsp-set-dhcpv4-options", port, row)


async def console_of(control: ControlSide, server: DesiredServer) -> str:
    request = ConsoleRequest(uuid4(), server.id, 1 << 20, "control")
    return (await control.ask_console(request)).text or ""


async def console_says(host: Host, server: DesiredServer, words: str, times: int = 1) -> None:
    async def said() -> bool:
        return (await console_of(host.control, server)).count(words) >= times

    await host.until(said, BOOT_TIMEOUT_S)


async def test_guest_boots_reboots_and_takes_and_gives_back_a_card(
    host: Host, control: ControlSide, network: TenantNetwork, guest_image: Path
) -> None:
    image = an_image_of(guest_image, "qcow2")
    control.offer(image, guest_image)
    first, second = await network.interface(), await network.interface()
    await give_addresses(network, str(first.port_id), str(second.port_id))
    server = a_server(
        image=image,
        flavor=Flavor(vcpus=1, ram_mb=128, disk_gb=1),
        interfaces=(first,),
        metadata_ports=(network.metadata_port,),
        hostname="asked-for",
    )
    await control.desire(server)
    await control.reported(server, "running")
    await console_says(host, server, f"INSTANCE-DATA openstack id={server.id} name=asked-for")

    wider = msgspec.structs.replace(server, generation=2, interfaces=(first, second))
    await control.desire(wider)
    await control.reported(wider, "running")
    await console_says(host, server, f"{second.addresses[0].ip}/24")
    narrower = msgspec.structs.replace(wider, generation=3, interfaces=(first,))
    await control.desire(narrower)
    assert (await control.reported(narrower, "running")).plugged_ports == (first.port_id,)
    assert tap_of(second) not in await host.bridge_ports() | await host.devices()

    rebooted = msgspec.structs.replace(narrower, generation=4, boot_serial=1, boot_kind="soft")
    await control.desire(rebooted)
    await control.reported(rebooted, "running")
    await console_says(host, server, "INSTANCE-DATA openstack", times=2)

    control.reports.clear()
    await host.virsh("shutdown", "--mode", "acpi", f"instance-{server.id}")
    await control.reported(rebooted, "stopped")
    await host.agent.kill()
    control.reports.clear()
    await host.agent.start()
    await control.reported(rebooted, "stopped")

    started = msgspec.structs.replace(rebooted, generation=5)
    await control.desire(started)
    await control.reported(started, "running")
    await console_says(host, server, "INSTANCE-DATA openstack", times=3)
    stopped = msgspec.structs.replace(started, generation=6, power="stopped")
    await control.desire(stopped)
    await control.reported(stopped, "stopped")
    await remove(host, control, stopped, network)
