"""What control says was withdrawn, the agent's switch forgets."""

from functools import partial
from uuid import UUID

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from compute.messages import EndConnections, LostPermit
from deploy.lab.daemons.programs import run
from tests.daemons.hypervisor import Hypervisor
from tests.daemons.ovn import Ovn
from tests.real.compute.agent.conftest import Host
from tests.real.compute.agent.control_side import ControlSide

pytestmark = pytest.mark.real
FIRST_ZONE = 4000
EVERYTHING = {("10.0.0.1", 53), ("10.0.0.1", 80), ("150.25.12.9", 80)}


def a_port(number: int) -> UUID:
    return UUID(int=0xC0DE + number)


async def open_connection(hypervisor: Hypervisor, zone: int, target: str, destination: int) -> None:
    packet = bytes(Ether() / IP(src="10.0.0.9", dst=target) / UDP(sport=7, dport=destination)).hex()
    management = f"unix:{hypervisor.directory}/br-int.mgmt"
    action = f"in_port=LOCAL packet={packet} actions=ct(commit,zone={zone})"
    await run(["ovs-ofctl", "packet-out", management, action])


async def connections(hypervisor: Hypervisor, zone: int) -> set[tuple[str, int]]:
    """Target and destination port of what the switch remembers."""
    said = await run(["ovs-appctl", "-t", str(hypervisor.switch.control_socket), "dpctl/dump-conntrack"])
    first = [line.partition("orig=(")[2].partition(")")[0] for line in said.splitlines() if f"zone={zone}" in line]
    found = (dict(word.split("=") for word in packet.split(",")) for packet in first)
    return {(each["dst"], int(each["dport"])) for each in found}


async def remembers(hypervisor: Hypervisor, zone: int, wanted: set[tuple[str, int]]) -> bool:
    return await connections(hypervisor, zone) == wanted


async def opens(hypervisor: Hypervisor, zone: int, wanted: set[tuple[str, int]]) -> bool:
    """Sends what the switch does not remember yet: a bridge that is just being made takes up nothing."""
    for target, destination in wanted - await connections(hypervisor, zone):
        await open_connection(hypervisor, zone, target, destination)
    return await remembers(hypervisor, zone, wanted)


CASES = [
    (EndConnections(permits=(LostPermit(a_port(0), 17, 53),)), EVERYTHING - {("10.0.0.1", 53)}),
    (EndConnections(permits=(LostPermit(a_port(1), 6), LostPermit(a_port(9)))), EVERYTHING),
    (EndConnections(permits=(LostPermit(a_port(2)),)), set()),
    (EndConnections(addresses=("150.25.12.9", "no address")), EVERYTHING - {("150.25.12.9", 80)}),
    (EndConnections(permits=(LostPermit(a_port(4), 17, 80),), addresses=("10.0.0.1",)), set()),
]


@pytest.mark.parametrize("number", range(len(CASES)))
async def test_threat_d8_agent_forgets_what_lost_its_permit(
    host: Host, control: ControlSide, hypervisor: Hypervisor, ovn: Ovn, number: int
) -> None:
    (withdrawn, left), zone = CASES[number], FIRST_ZONE + number
    # When ovn-controller starts it clears the zones of ports that it does not have: that is over once it has caught up.
    await ovn.nbctl("--wait=hv", "sync")
    await hypervisor.vsctl("set", "Bridge", "br-int", f'external_ids:"ct-zone-{a_port(number)}"="{zone}"')
    await host.until(partial(opens, hypervisor, zone, EVERYTHING))
    await control.withdraw(withdrawn)
    await host.until(partial(remembers, hypervisor, zone, left))
