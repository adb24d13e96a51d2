"""Threat D5: what a guest says to the cloud's own services is parsed by ovn-controller, which must outlive it.

A few seconds of it in a test run; MERIDIAN_FUZZ_S=600 makes it ten minutes, and pytest's -s shows what was sent.
"""

import asyncio
import os
import random
from pathlib import Path

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import DUID_LL, DHCP6_InfoRequest, DHCP6_Request, DHCP6_Solicit, DHCP6OptClientId, DHCP6OptIA_NA
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6MLReport, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RS, ICMPv6NDOptSrcLLAddr, IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw

from deploy.lab.daemons.waiting import until
from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import link_local

pytestmark = pytest.mark.real
FUZZ_S = float(os.environ.get("MERIDIAN_FUZZ_S", "10"))
PAUSE_S = 0.02
"""Between two rounds: what the meters of the cloud drop reaches no parser."""
GROWTH_BYTES = 16 << 20
SECRET = b"of-another-tenant-"
SEED = 20260


def questions(guest: Guest) -> list[Packet]:
    """One of each kind that OVN sends to ovn-controller."""
    mac = bytes.fromhex(guest.mac.replace(":", ""))
    v4, v6 = Ether(src=guest.mac), Ether(src=guest.mac, dst="33:33:00:01:00:02")
    dhcp = v4 / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67) / BOOTP(chaddr=mac)
    dhcp6 = v6 / IPv6(src=link_local(guest.mac), dst="ff02::1:2") / UDP(sport=546, dport=547)
    client = DHCP6OptClientId(duid=DUID_LL(lladdr=guest.mac))
    near = v6 / IPv6(src=link_local(guest.mac), dst="ff02::2", hlim=255)
    return [
        dhcp / DHCP(options=[("message-type", "discover"), ("hostname", "x" * 60), "end"]),
        dhcp / DHCP(options=[("message-type", "request"), ("requested_addr", guest.ip), "end"]),
        *(dhcp6 / kind(trid=7) / client / DHCP6OptIA_NA(iaid=7) for kind in (DHCP6_Solicit, DHCP6_Request)),
        dhcp6 / DHCP6_InfoRequest(trid=7) / client,
        v4 / IP(src=guest.ip, dst="10.0.0.1") / UDP(sport=5353, dport=53) / DNS(rd=1, qd=DNSQR(qname="web")),
        near / ICMPv6ND_RS() / ICMPv6NDOptSrcLLAddr(lladdr=guest.mac),
        near / ICMPv6ND_NS(tgt="2001:db8::1") / ICMPv6NDOptSrcLLAddr(lladdr=guest.mac),
        near / ICMPv6ND_NA(tgt=guest.ip6),
        near / ICMPv6MLReport(),
        v4 / ARP(op=1, hwsrc=guest.mac, psrc=guest.ip, pdst="10.0.0.1"),
        v4 / IP(src=guest.ip, dst="224.0.0.22", proto=2) / Raw(b"\x22\x00\x00\x00\x00\x00\x00\x01" + bytes(8)),
        v4
        / IP(src=guest.ip, dst="10.0.0.1", ttl=255)
        / UDP(sport=49152, dport=3784)
        / Raw(b"\x20\x40\x03\x18" + bytes(20)),
    ]


def spoiled(frame: bytes, dice: random.Random) -> bytes:
    """The frame cut short, stretched, or with some bytes of its payload made others; its addresses are left."""
    body = bytearray(frame)
    match dice.randrange(3):
        case 0:
            del body[dice.randrange(min(43, len(body)), len(body) + 1) :]
        case 1:
            body += dice.randbytes(dice.randrange(1, 900))
        case 2:
            for _ in range(dice.randrange(1, 8)):
                body[dice.randrange(min(42, len(body) - 1), len(body))] = dice.choice((0, 1, 127, 128, 254, 255))
    return bytes(body)


def resident_bytes(pid: int) -> int:
    words = Path(f"/proc/{pid}/statm").read_text().split()
    return int(words[1]) * 4096


def secret(guest: Guest) -> list[Packet]:
    """What another tenant's guest says, for its own ovn-controller alone."""
    lease, _, *more = questions(guest)
    lease = lease.copy()
    lease[DHCP].options = [
        ("message-type", "discover"),
        ("hostname", SECRET * 4),
        ("vendor_class_id", SECRET * 4),
        "end",
    ]
    return [lease, more[0] / Raw(SECRET * 8)]


@pytest.mark.timeout(FUZZ_S + 120)
async def test_threat_d5_ovn_controller_outlives_what_guests_say_to_it(lab: Laboratory) -> None:
    network, *subnets = await lab.network("10.0.0.0/24", "2001:db8::/64")
    elsewhere, *_ = await lab.network("10.0.0.0/24", "2001:db8::/64", who="bob")
    await lab.router(*subnets, external=False)
    ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(2)]
    foreign = await lab.api.make("port", who="bob", network_id=elsewhere["id"])
    dice, pid = random.Random(SEED), lab.chassis.controller.pid
    async with (
        lab.plugged(ports[0], foreign, silent=True) as (loud, stranger),
        lab.plugged(ports[1]) as (neighbour,),
        loud.sniffing() as seen,
    ):
        await lab.settled()
        asked, whispers = [bytes(frame) for frame in questions(loud)], [Raw(bytes(f)) for f in secret(stranger)]
        before, sent, heard = resident_bytes(pid), 0, 0
        end = asyncio.get_running_loop().time() + FUZZ_S
        while asyncio.get_running_loop().time() < end:
            await stranger.send(*whispers)
            await loud.send(*(Raw(spoiled(frame, dice)) for frame in asked))
            sent += len(asked)
            await asyncio.sleep(PAUSE_S)
            answers = seen.drain()
            heard += len(answers)
            assert not [frame for frame in answers if SECRET in frame], "of what another tenant said"

        async def is_offered() -> bool:
            await loud.send(questions(loud)[0])
            return any(frame.haslayer(DHCP) and frame[BOOTP].yiaddr == loud.ip for frame in seen.frames)

        await until(is_offered, 10, 0.2)
        assert await neighbour.reaches("10.0.0.1")
        await lab.settled()
        grown = resident_bytes(pid) - before
        print(f"{sent} frames in {FUZZ_S:.0f} s, {heard} answers; ovn-controller grew by {grown >> 10} KiB")
    assert lab.chassis.controller.pid == pid
    assert grown < GROWTH_BYTES
