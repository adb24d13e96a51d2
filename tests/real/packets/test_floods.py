"""Threat D5: a guest that floods its host's ovn-controller is cut short, and no other network there notices."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw

from deploy.lab.daemons.waiting import until
from northbound.protection.plan import PACKETS_PER_S
from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import link_local
from tests.real.packets.test_routing import open_port

pytestmark = pytest.mark.real
FLOOD, PAUSE_S = 6000, 0.01
"""Frames, and how long is waited after each hundred: more than the switch can take in would prove nothing."""
LEAST_DROPPED = FLOOD // 4
"""Well below what a flood of so many must lose, however slowly a busy machine sends it."""


@asynccontextmanager
async def flooding(guest: Guest, frame: Packet) -> AsyncIterator[asyncio.Task[float]]:
    """FLOOD frames, and more for as long as this lasts; the task tells how many seconds the first took."""
    wire, ended = Raw(bytes(frame)), asyncio.Event()

    async def send() -> float:
        begun, sent, took = time.monotonic(), 0, 0.0
        while sent < FLOOD or not ended.is_set():
            await guest.send(*[wire] * 100)
            sent += 100
            took = time.monotonic() - begun if sent <= FLOOD else took
            await asyncio.sleep(PAUSE_S)
        return took

    task = asyncio.create_task(send())
    try:
        yield task
    finally:
        ended.set()
        await task


def discover(guest: Guest) -> Packet:
    mac = bytes.fromhex(guest.mac.replace(":", ""))
    link = Ether(src=guest.mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255")
    return link / UDP(sport=68, dport=67) / BOOTP(chaddr=mac) / DHCP(options=[("message-type", "discover"), "end"])


def solicit(guest: Guest, target: str) -> Packet:
    """A question to a neighbour, which ovn-controller answers for it."""
    link = Ether(src=guest.mac, dst="33:33:ff:00:00:01") / IPv6(src=link_local(guest.mac), dst=target, hlim=255)
    return link / ICMPv6ND_NS(tgt=target) / ICMPv6NDOptSrcLLAddr(lladdr=guest.mac)


async def answers(guest: Guest, question: Packet, is_answer: Callable[[Packet], bool]) -> tuple[int, float]:
    """How many answers a flood of the question gets, and how long it was sent."""
    async with guest.sniffing() as seen:
        async with flooding(guest, question) as task:
            pass
        last = -1

        async def is_quiet() -> bool:
            nonlocal last
            before, last = last, sum(is_answer(frame) for frame in seen.frames)
            return before == last

        await until(is_quiet, 60, 0.5)
        return last, task.result()


def allowed(seconds: float) -> float:
    """The most that passes in so long: what may come at once, the rate, and a second for what is on its way."""
    rate = PACKETS_PER_S["occasional"]
    return rate + rate * (seconds + 1.0)


async def test_threat_d5_flood_of_requests_is_cut_short_and_others_get_their_leases(lab: Laboratory) -> None:
    networks = [(await lab.network("10.0.0.0/24"))[0] for _ in range(2)]
    ports = [await lab.api.make("port", network_id=network["id"]) for network in networks]
    async with lab.plugged(*ports, silent=True) as (loud, other):
        await lab.settled()
        passed, seconds = await answers(loud, discover(loud), lambda frame: frame.haslayer(DHCP))
        print(f"{FLOOD} requests for leases in {seconds:.1f} s: {passed} answered")
        assert 0 < passed <= allowed(seconds)
        assert passed < FLOOD - LEAST_DROPPED
        async with flooding(loud, discover(loud)), other.sniffing() as seen:

            async def is_offered() -> bool:
                await other.send(discover(other))
                return any(frame.haslayer(DHCP) for frame in seen.frames)

            await until(is_offered, 10, 0.05)


async def test_threat_d5_flood_of_neighbours_questions_is_cut_short(lab: Laboratory) -> None:
    network, _ = await lab.network("2001:db8:1::/64")
    ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(2)]
    async with lab.plugged(*ports, silent=True) as (loud, asked):
        await lab.settled()
        passed, seconds = await answers(loud, solicit(loud, asked.ip6), lambda frame: frame.haslayer(ICMPv6ND_NA))
        print(f"{FLOOD} questions to a neighbour in {seconds:.1f} s: {passed} answered")
        assert 0 < passed <= allowed(seconds)
        assert passed < FLOOD - LEAST_DROPPED


async def test_threat_d5_flood_to_nobody_behind_a_router_is_cut_short(lab: Laboratory) -> None:
    """Each packet to an address that nobody has would have ovn-controller ask for it."""
    (here, subnet), (_, there) = await lab.network("10.61.0.0/24"), await lab.network("10.62.0.0/24")
    router = await lab.router(subnet, there, external=False)
    (inside,) = await lab.api.find(f"ports?device_id={router['id']}&network_id={here['id']}", who="admin")
    async with lab.plugged(await open_port(lab, here), silent=True) as (loud,):
        await lab.settled()
        packet = Ether(src=loud.mac, dst=inside["mac_address"]) / IP(src=loud.ip, dst="10.62.0.77")
        before = await dropped(lab)
        async with flooding(loud, packet / UDP(sport=7, dport=7) / Raw(b"x")):
            pass

        async def is_cut_short() -> bool:
            return await dropped(lab) - before > LEAST_DROPPED

        await until(is_cut_short, 30, 0.2)


async def dropped(lab: Laboratory) -> int:
    """Packets that the meters of the host have dropped so far."""
    said = await lab.chassis.run(
        *("ovs-ofctl", "-O", "OpenFlow15", "meter-stats", f"unix:{lab.chassis.directory}/br-int.mgmt")
    )
    total, in_band = 0, False
    for line in said.splitlines():
        if in_band and "packet_count:" in line:
            total += int(line.split("packet_count:")[1].split()[0])
        in_band = "bands:" in line or (in_band and line.startswith(("0:", " ")))
    return total
