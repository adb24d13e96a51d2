"""A network of two segments: guests are addressed and heard in the segment of their host, and what passes between the
segments passes through the outside's own router."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether

from deploy.lab.daemons.postgres import Postgres
from tests.real.packets.fabric import TUNNELS
from tests.real.packets.guest import Guest
from tests.real.packets.inside import set_kernel
from tests.real.packets.site import Host, Site, running_site

pytestmark = pytest.mark.real
HOSTS = {"left-1": Host("left"), "left-2": Host("left"), "right-1": Host("right")}
SUBNETS = {"left": "10.91.0.0/24", "right": "10.92.0.0/24"}
ROUTERS = {"left": ["10.91.0.1/24"], "right": ["10.92.0.1/24"]}


@pytest.fixture(scope="module")
async def site(postgres: Postgres, migrated_template: str) -> AsyncIterator[Site]:
    async with running_site(postgres, migrated_template, HOSTS) as running:
        yield running


@pytest.fixture(scope="module")
async def outside(site: Site) -> AsyncIterator[Guest]:
    router = await site.fabric.router(ROUTERS)
    yield router
    await router.namespace.delete()


@pytest.fixture(scope="module")
async def network(site: Site) -> dict[str, Any]:
    places = [{"provider:network_type": "flat", "provider:physical_network": place} for place in SUBNETS]
    made = await site.api.make("network", who="admin", shared=True, segments=places)
    for segment in await site.api.find(f"segments?network_id={made['id']}", who="admin"):
        cidr = SUBNETS[segment["physical_network"]]
        said = {"network_id": made["id"], "segment_id": segment["id"], "ip_version": 4, "cidr": cidr}
        await site.api.make("subnet", who="admin", **said)
    return made


async def guests(
    site: Site, network: dict[str, Any], stack: AsyncExitStack, *, silent: bool = False
) -> dict[str, Guest]:
    """One on each host, in a group that lets everything in; silent ones ask for their address only when they want to."""
    plugged = {}
    for name, host in site.hosts.items():
        group = await host.group({"remote_ip_prefix": "0.0.0.0/0"}, {"direction": "egress"}, who="admin")
        said = {"network_id": network["id"], "security_groups": [group["id"]], "binding:host_id": name}
        port = await site.api.make("port", who="admin", **said)
        (plugged[name],) = await stack.enter_async_context(host.plugged(port, silent=silent))
    await site.hosts["left-1"].settled()
    return plugged


async def test_guests_talk_within_their_segment_and_between_them_by_the_outsides_router(
    site: Site, outside: Guest, network: dict[str, Any]
) -> None:
    async with AsyncExitStack() as stack:
        there = await guests(site, network, stack)
        assert [there[name].ip.rpartition(".")[0] for name in HOSTS] == ["10.91.0", "10.91.0", "10.92.0"]
        for host in site.hosts.values():
            await site.fabric.cut(host.chassis, TUNNELS)
        try:
            assert await there["left-1"].reaches(there["left-2"].ip), "through the wires of the segment"
            assert await there["left-1"].reaches("10.91.0.1")
            assert await there["right-1"].reaches("10.92.0.1")
            async with outside.sniffing() as seen:
                assert await there["left-1"].reaches(there["right-1"].ip)
                await seen.wait(lambda frame: frame.haslayer(ICMP) and frame[IP].dst == there["right-1"].ip)
            set_kernel(outside.namespace, "ipv4.ip_forward", "0")
            assert not await there["left-1"].reaches(there["right-1"].ip, within_s=0.6)
            set_kernel(outside.namespace, "ipv4.ip_forward", "1")
            assert await there["right-1"].reaches(there["left-2"].ip)
        finally:
            for host in site.hosts.values():
                await site.fabric.mend(host.chassis, TUNNELS)


async def test_nothing_of_one_segment_is_heard_in_the_other(
    site: Site, outside: Guest, network: dict[str, Any]
) -> None:
    async with AsyncExitStack() as stack:
        there = await guests(site, network, stack)
        left, near, far = (there[name] for name in HOSTS)
        async with near.sniffing() as heard_near, far.sniffing() as heard_far:
            question = Ether(src=left.mac, dst="ff:ff:ff:ff:ff:ff") / ARP(
                op=1, hwsrc=left.mac, psrc=left.ip, pdst="10.91.0.250"
            )
            direct = Ether(src=left.mac, dst=far.mac) / IP(src=left.ip, dst=far.ip) / UDP(sport=7, dport=7)
            await left.send(question, direct)
            await heard_near.wait(lambda frame: frame.haslayer(ARP) and frame[ARP].pdst == "10.91.0.250")
            assert await left.reaches(far.ip), "what the router brings is heard"
            await heard_far.wait(lambda frame: frame.haslayer(ICMP))
            assert not [frame for frame in heard_far.frames if frame.src == left.mac]


async def test_each_host_leases_the_addresses_of_its_segment(site: Site, network: dict[str, Any]) -> None:
    async with AsyncExitStack() as stack:
        there = await guests(site, network, stack, silent=True)
        for name in ("left-1", "right-1"):
            guest, mac = there[name], bytes.fromhex(there[name].mac.replace(":", ""))
            ask = Ether(src=guest.mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255")
            ask = (
                ask / UDP(sport=68, dport=67) / BOOTP(chaddr=mac) / DHCP(options=[("message-type", "discover"), "end"])
            )
            async with guest.sniffing() as seen:
                await guest.send(ask)
                offer = await seen.wait(lambda frame: frame.haslayer(DHCP))
            gateway = ROUTERS[HOSTS[name].physical_network][0].partition("/")[0]
            assert offer[BOOTP].yiaddr == guest.ip
            assert ("router", gateway) in offer[DHCP].options
