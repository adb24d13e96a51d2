"""The flow that keeps guests from advertising themselves as routers: there for every secured card, whoever removes it."""

from collections.abc import AsyncIterator

import pytest

from compute.agent.guard import COOKIE, Guard
from compute.messages import AbsentServer
from deploy.lab.daemons.programs import run
from deploy.lab.daemons.waiting import until
from tests.daemons.hypervisor import Hypervisor
from tests.real.compute.agent.conftest import Host, TenantNetwork, tap_of
from tests.real.compute.agent.control_side import ControlSide
from tests.unit.compute.agent.desired_servers import a_server

pytestmark = pytest.mark.real
DEVICES = ("guarded0", "guarded1")


async def flows(hypervisor: Hypervisor) -> str:
    management = f"unix:{hypervisor.directory}/br-int.mgmt"
    return await run(["ovs-ofctl", "--names", "--no-stats", "dump-flows", management, f"cookie={COOKIE}/-1"])


@pytest.fixture
async def devices(hypervisor: Hypervisor) -> AsyncIterator[tuple[str, ...]]:
    for device in DEVICES:
        await hypervisor.vsctl("add-port", "br-int", device, "--", "set", "Interface", device, "type=internal")
    yield DEVICES
    for device in DEVICES:
        await hypervisor.vsctl("del-port", "br-int", device)


async def test_threat_d1_flows_are_those_of_the_secured_cards(hypervisor: Hypervisor, devices: tuple[str, ...]) -> None:
    guard = Guard(hypervisor.ovsdb, "br-int")
    one, other = devices
    await guard.keep({one, "nowhere"}, devices)
    assert one in await flows(hypervisor)
    assert other not in await flows(hypervisor)
    await guard.keep({other}, devices)
    assert one not in await flows(hypervisor)
    assert other in await flows(hypervisor)
    await guard.keep(set(), devices)
    assert DEVICES[1] not in await flows(hypervisor)


async def test_threat_d1_guest_is_guarded_again_when_its_flow_was_cleared(
    host: Host, control: ControlSide, hypervisor: Hypervisor, network: TenantNetwork, blank_image
) -> None:
    interface = await network.interface()
    server = a_server(image=blank_image, interfaces=(interface,))
    await control.desire(server)
    await control.reported(server, "running")
    assert tap_of(interface) in await flows(hypervisor)
    await Guard(hypervisor.ovsdb, "br-int").remove(tap_of(interface))

    async def is_guarded() -> bool:
        return tap_of(interface) in await flows(hypervisor)

    await until(is_guarded, 20)
    gone = AbsentServer(server.id, server.generation + 1)
    await control.desire(gone)
    await control.reported(gone, "absent")
