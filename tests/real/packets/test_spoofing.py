"""Threat D1: a guest sends as itself alone. Its groups permit everything, so that port security decides."""

from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import DHCP6_Advertise, DHCP6_Reply
from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
)
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import NoPayload, Packet, Raw

from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals, honest, link_local

pytestmark = pytest.mark.real
OTHER_MAC = "fa:16:3e:ff:ff:01"
OTHER_IP, OTHER_IP6 = "10.0.0.77", "2001:db8::77"
EVERYBODY = "ff:ff:ff:ff:ff:ff"
ALL_NODES, ALL_NODES_MAC = "ff02::1", "33:33:00:00:00:01"
PAYLOAD = b"x" * 1280
"""Open vSwitch takes smaller fragments for an attack."""
PERMISSIVE = [{"direction": way, "ethertype": family} for way in ("ingress", "egress") for family in ("IPv4", "IPv6")]


@pytest.fixture(scope="module")
async def pair(lab: Laboratory) -> AsyncIterator[list[Guest]]:
    """A liar and a victim with an IPv4 and an IPv6 address each."""
    network, *_ = await lab.network("10.0.0.0/24", "2001:db8::/64")
    group = await lab.group(*PERMISSIVE)
    said = {"network_id": network["id"], "security_groups": [group["id"]]}
    ports = [await lab.api.make("port", **said) for _ in range(2)]
    async with lab.plugged(*ports, silent=True) as guests:
        yield guests


def to(victim: Guest, source: str) -> Ether:
    return Ether(src=source, dst=victim.mac)


def datagram(victim: Guest, mac: str, source: str) -> Packet:
    layer = IP if ip_address(source).version == 4 else IPv6
    target = victim.ip if layer is IP else victim.ip6
    return to(victim, mac) / layer(src=source, dst=target) / UDP(sport=7, dport=7)


def announcement(mac: str, sender: str, ip: str, dst: str = EVERYBODY, op: int = 2) -> Packet:
    return Ether(src=mac, dst=dst) / ARP(op=op, hwsrc=sender, psrc=ip, hwdst=dst, pdst=ip)


def advertisement(mac: str, source: str, target: str, link: str) -> Packet:
    """A neighbour advertisement to everybody: `target` is at `link`."""
    claim = ICMPv6ND_NA(tgt=target, R=0, S=0, O=1) / ICMPv6NDOptDstLLAddr(lladdr=link)
    return Ether(src=mac, dst=ALL_NODES_MAC) / IPv6(src=source, dst=ALL_NODES, hlim=255) / claim


def solicitation(liar: Guest, victim: Guest, source: str, link: str) -> Packet:
    asked = ICMPv6ND_NS(tgt=victim.ip6) / ICMPv6NDOptSrcLLAddr(lladdr=link)
    return to(victim, liar.mac) / IPv6(src=source, dst=victim.ip6, hlim=255) / asked


def extended(liar: Guest, victim: Guest, *headers: Packet) -> Packet:
    """A datagram of another's address behind extension headers."""
    packet = to(victim, liar.mac) / IPv6(src=OTHER_IP6, dst=victim.ip6)
    for header in headers:
        packet = packet / header
    return packet / UDP(sport=7, dport=7)


def fragments_v6(liar: Guest, victim: Guest, source: str) -> list[Packet]:
    first = UDP(sport=7, dport=7, len=8 + 2 * len(PAYLOAD), chksum=0xFFFF) / Raw(PAYLOAD)
    base = to(victim, liar.mac) / IPv6(src=source, dst=victim.ip6)
    return [
        base / IPv6ExtHdrFragment(id=7, offset=0, m=1, nh=17) / first,
        base / IPv6ExtHdrFragment(id=7, offset=161, m=0, nh=17) / Raw(PAYLOAD),
    ]


SPOOFS: dict[str, Callable[[Guest, Guest], list[Packet]]] = {
    "mac": lambda liar, victim: [datagram(victim, OTHER_MAC, liar.ip), datagram(victim, OTHER_MAC, liar.ip6)],
    "mac of the victim": lambda liar, victim: [datagram(victim, victim.mac, liar.ip)],
    "ipv4": lambda liar, victim: [
        datagram(victim, liar.mac, ip) for ip in (OTHER_IP, "10.0.0.1", "8.8.8.8", "0.0.0.0")
    ],
    "ipv4 of the victim": lambda liar, victim: [datagram(victim, liar.mac, victim.ip)],
    "ipv6": lambda liar, victim: [datagram(victim, liar.mac, ip) for ip in (OTHER_IP6, "fe80::1", "2001:db8::1", "::")],
    "ipv6 of another link-local": lambda liar, victim: [datagram(victim, liar.mac, link_local(OTHER_MAC))],
    "tcp and icmp": lambda liar, victim: [
        to(victim, liar.mac) / IP(src=OTHER_IP, dst=victim.ip) / TCP(dport=22),
        to(victim, liar.mac) / IP(src=OTHER_IP, dst=victim.ip) / ICMP(),
        to(victim, liar.mac) / IPv6(src=OTHER_IP6, dst=victim.ip6) / ICMPv6EchoRequest(),
    ],
    "arp for another address": lambda liar, victim: [
        announcement(liar.mac, liar.mac, ip, dst, op)
        for ip in (OTHER_IP, victim.ip, "10.0.0.1")
        for dst in (EVERYBODY, victim.mac)
        for op in (1, 2)
    ],
    "arp for another mac": lambda liar, victim: [
        announcement(liar.mac, OTHER_MAC, liar.ip, dst) for dst in (EVERYBODY, victim.mac)
    ],
    "neighbour advertisement": lambda liar, victim: [
        advertisement(liar.mac, liar.ip6, OTHER_IP6, liar.mac),
        advertisement(liar.mac, liar.ip6, "2001:db8::1", liar.mac),
        advertisement(liar.mac, liar.ip6, liar.ip6, OTHER_MAC),
        advertisement(liar.mac, OTHER_IP6, OTHER_IP6, liar.mac),
        advertisement(liar.mac, link_local(liar.mac), link_local(OTHER_MAC), liar.mac),
    ],
    "neighbour solicitation": lambda liar, victim: [
        solicitation(liar, victim, OTHER_IP6, liar.mac),
        solicitation(liar, victim, liar.ip6, OTHER_MAC),
    ],
    "router advertisement": lambda liar, victim: [
        Ether(src=liar.mac, dst=mac)
        / IPv6(src=source, dst=target, hlim=255)
        / hidden
        / ICMPv6ND_RA(routerlifetime=9000)
        / ICMPv6NDOptPrefixInfo(prefix="2001:db8:bad::", prefixlen=64)
        / ICMPv6NDOptSrcLLAddr(lladdr=liar.mac)
        for source in (link_local(liar.mac), liar.ip6)
        for mac, target in ((ALL_NODES_MAC, ALL_NODES), (victim.mac, victim.ip6))
        for hidden in (NoPayload(), IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), IPv6ExtHdrFragment(id=9, offset=0, m=0))
    ],
    "redirect": lambda liar, victim: [
        to(victim, liar.mac)
        / IPv6(src="fe80::1", dst=victim.ip6, hlim=255)
        / ICMPv6ND_Redirect(tgt=link_local(liar.mac), dst="2001:db8:1::1")
    ],
    "dhcp reply": lambda liar, victim: [
        Ether(src=liar.mac, dst=mac)
        / IP(src=source, dst=target)
        / UDP(sport=67, dport=68)
        / BOOTP(op=2, yiaddr=OTHER_IP, siaddr=liar.ip)
        / DHCP(options=[("message-type", "offer"), ("server_id", liar.ip), "end"])
        for source in (liar.ip, "10.0.0.1")
        for mac, target in ((EVERYBODY, "255.255.255.255"), (victim.mac, victim.ip))
    ],
    "dhcpv6 reply": lambda liar, victim: [
        to(victim, liar.mac) / IPv6(src=source, dst=victim.ip6) / UDP(sport=547, dport=546) / message
        for source in (liar.ip6, link_local(liar.mac))
        for message in (DHCP6_Advertise(trid=7), DHCP6_Reply(trid=7))
    ],
    "vlan": lambda liar, victim: [
        to(victim, liar.mac) / Dot1Q(vlan=vlan) / datagram(victim, liar.mac, source).payload
        for vlan in (0, 1, 100)
        for source in (OTHER_IP, OTHER_IP6, liar.ip, liar.ip6)
    ],
    "qinq": lambda liar, victim: [
        to(victim, liar.mac) / outer(vlan=7) / Dot1Q(vlan=8) / datagram(victim, liar.mac, OTHER_IP).payload
        for outer in (Dot1Q, Dot1AD)
    ],
    "extension headers": lambda liar, victim: [
        extended(liar, victim, IPv6ExtHdrHopByHop()),
        extended(liar, victim, IPv6ExtHdrDestOpt()),
        extended(liar, victim, IPv6ExtHdrRouting(addresses=["2001:db8::5"])),
        extended(liar, victim, IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), IPv6ExtHdrDestOpt()),
        extended(liar, victim, IPv6ExtHdrFragment(id=9, offset=0, m=0)),
    ],
    "neighbour advertisement behind extension headers": lambda liar, victim: [
        Ether(src=liar.mac, dst=ALL_NODES_MAC)
        / IPv6(src=liar.ip6, dst=ALL_NODES, hlim=255)
        / header
        / ICMPv6ND_NA(tgt=OTHER_IP6, R=0, S=0, O=1)
        / ICMPv6NDOptDstLLAddr(lladdr=liar.mac)
        for header in (IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), IPv6ExtHdrFragment(id=9, offset=0, m=0))
    ],
    "fragments": lambda liar, victim: [
        to(victim, liar.mac) / part
        for part in fragment(
            IP(src=OTHER_IP, dst=victim.ip, id=7) / UDP(sport=7, dport=7) / Raw(2 * PAYLOAD), fragsize=1400
        )
    ],
    "fragments of ipv6": lambda liar, victim: fragments_v6(liar, victim, OTHER_IP6),
}


@pytest.mark.parametrize("kind", SPOOFS)
async def test_threat_d1_spoofed_frame_never_arrives(kind: str, pair: list[Guest]) -> None:
    liar, victim = pair
    assert await arrivals(liar, victim, SPOOFS[kind](liar, victim)) == []


async def test_guest_that_says_the_truth_is_heard(pair: list[Guest]) -> None:
    """The same frames with the sender's own addresses do arrive: the ones above are not lost by accident."""
    sender, receiver = pair
    told = [
        honest(sender, receiver),
        datagram(receiver, sender.mac, sender.ip6),
        datagram(receiver, sender.mac, link_local(sender.mac)),
        announcement(sender.mac, sender.mac, sender.ip),
        advertisement(sender.mac, sender.ip6, sender.ip6, sender.mac),
        to(receiver, sender.mac) / IP(src=sender.ip, dst=receiver.ip) / ICMP(),
        extended(sender, receiver, IPv6ExtHdrDestOpt()),
    ]
    told[-1][IPv6].src = sender.ip6
    assert await arrivals(sender, receiver, told) == told


async def test_fragments_of_an_honest_sender_arrive(pair: list[Guest]) -> None:
    sender, receiver = pair
    whole = IP(src=sender.ip, dst=receiver.ip, id=9) / UDP(sport=7, dport=7) / Raw(b"tail of a datagram".rjust(2000))
    parts = [to(receiver, sender.mac) / part for part in fragment(whole, fragsize=1400)]
    async with receiver.sniffing() as seen:
        await sender.send(*parts)
        await seen.wait_for(b"tail of a datagram")
