"""Every form of a security group rule decides over packets as the API says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Ether
from scapy.layers.sctp import SCTP
from scapy.packet import Packet, Raw

from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals

pytestmark = pytest.mark.real
PROBE = {"protocol": "udp", "port_range_min": 9, "port_range_max": 9}
"""Every receiving group lets this in, so that an absent packet can be told from one that is late."""


@dataclass
class Bench:
    """A sender that may send everything, and a receiver whose groups are the test's."""

    lab: Laboratory
    sender: Guest
    receiver: Guest

    async def passed(self, *packets: Packet) -> list[Packet]:
        frames = [Ether(src=self.sender.mac, dst=self.receiver.mac) / packet for packet in packets]
        probe = Ether(src=self.sender.mac, dst=self.receiver.mac) / self.v4() / UDP(sport=9, dport=9)
        got = await arrivals(self.sender, self.receiver, frames, probe=probe)
        return [packet for packet, frame in zip(packets, frames, strict=True) if frame in got]

    def v4(self) -> IP:
        return IP(src=self.sender.ip, dst=self.receiver.ip)

    def v6(self) -> IPv6:
        return IPv6(src=self.sender.ip6, dst=self.receiver.ip6)

    async def filter_by(self, *rules: dict[str, Any], **attributes: Any) -> dict[str, Any]:
        """The receiver has one group with these rules from now on."""
        group = await self.lab.group(PROBE, *rules, **attributes)
        await self.lab.api.change("port", self.receiver.port["id"], security_groups=[group["id"]])
        await self.lab.settled()
        return group


@pytest.fixture(scope="module")
async def bench(lab: Laboratory) -> AsyncIterator[Bench]:
    network, *_ = await lab.network("10.0.0.0/24", "2001:db8::/64")
    generous = await lab.group(
        *({"direction": way, "ethertype": family} for way in ("ingress", "egress") for family in ("IPv4", "IPv6"))
    )
    ports = [await lab.api.make("port", network_id=network["id"], security_groups=[generous["id"]]) for _ in range(2)]
    async with lab.plugged(*ports, silent=True) as (sender, receiver):
        yield Bench(lab, sender, receiver)


TRAFFIC = {
    "tcp/22": lambda b: b.v4() / TCP(sport=1022, dport=22),
    "tcp/23": lambda b: b.v4() / TCP(sport=1023, dport=23),
    "tcp/25": lambda b: b.v4() / TCP(sport=1025, dport=25),
    "udp/22": lambda b: b.v4() / UDP(sport=1022, dport=22),
    "udp/53": lambda b: b.v4() / UDP(sport=1053, dport=53),
    "sctp/22": lambda b: b.v4() / SCTP(sport=1022, dport=22),
    "echo": lambda b: b.v4() / ICMP(type=8, code=0, id=1),
    "unreachable": lambda b: b.v4() / ICMP(type=13, code=0, id=1),
    "gre": lambda b: b.v4() / Raw(b"\0" * 8),
    "esp": lambda b: b.v4() / Raw(b"\0" * 16),
    "tcp6/22": lambda b: b.v6() / TCP(sport=2022, dport=22),
    "udp6/22": lambda b: b.v6() / UDP(sport=2022, dport=22),
    "echo6": lambda b: b.v6() / ICMPv6EchoRequest(id=1),
}
NUMBERS = {"gre": 47, "esp": 50}
FORMS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("nothing", {}, set()),
    ("any", {"ethertype": "IPv4"}, {name for name in TRAFFIC if "6" not in name}),
    ("any of ipv6", {"ethertype": "IPv6"}, {"tcp6/22", "udp6/22", "echo6"}),
    ("name", {"protocol": "tcp"}, {"tcp/22", "tcp/23", "tcp/25"}),
    ("upper case", {"protocol": "UDP"}, {"udp/22", "udp/53"}),
    ("number", {"protocol": 6, "port_range_min": 22, "port_range_max": 22}, {"tcp/22"}),
    ("digits", {"protocol": "17", "port_range_min": 50, "port_range_max": 60}, {"udp/53"}),
    ("range", {"protocol": "tcp", "port_range_min": 22, "port_range_max": 23}, {"tcp/22", "tcp/23"}),
    ("sctp", {"protocol": "sctp", "port_range_min": 22, "port_range_max": 22}, {"sctp/22"}),
    ("sctp by number", {"protocol": 132}, {"sctp/22"}),
    ("icmp", {"protocol": "icmp"}, {"echo", "unreachable"}),
    ("icmp type", {"protocol": "icmp", "port_range_min": 8}, {"echo"}),
    ("icmp type and code", {"protocol": 1, "port_range_min": 13, "port_range_max": 0}, {"unreachable"}),
    ("icmp code of nobody", {"protocol": "icmp", "port_range_min": 8, "port_range_max": 1}, set()),
    ("icmpv6", {"protocol": "ipv6-icmp", "ethertype": "IPv6"}, {"echo6"}),
    ("icmpv6 type", {"protocol": "icmpv6", "ethertype": "IPv6", "port_range_min": 128}, {"echo6"}),
    ("icmpv6 by number", {"protocol": 58, "ethertype": "IPv6", "port_range_min": 129}, set()),
    ("gre", {"protocol": "gre"}, {"gre"}),
    ("esp by number", {"protocol": 50}, {"esp"}),
    ("tcp of ipv6", {"protocol": "tcp", "ethertype": "IPv6", "port_range_min": 22, "port_range_max": 22}, {"tcp6/22"}),
    ("prefix that holds", {"protocol": "udp", "remote_ip_prefix": "10.0.0.0/24"}, {"udp/22", "udp/53"}),
    ("prefix that does not", {"protocol": "udp", "remote_ip_prefix": "10.0.1.0/24"}, set()),
    ("prefix of everything", {"protocol": "udp", "remote_ip_prefix": "0.0.0.0/0"}, {"udp/22", "udp/53"}),
    ("prefix of ipv6", {"ethertype": "IPv6", "remote_ip_prefix": "2001:db8::/32"}, {"tcp6/22", "udp6/22", "echo6"}),
]


@pytest.mark.parametrize(("rule", "passing"), [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
async def test_threat_n14_rule_lets_in_what_it_says(bench: Bench, rule: dict[str, Any], passing: set[str]) -> None:
    await bench.filter_by(*([rule] if rule else []))
    packets = {name: make(bench) for name, make in TRAFFIC.items()}
    for name, number in NUMBERS.items():
        packets[name].proto = number
    passed = await bench.passed(*packets.values())
    assert {name for name, packet in packets.items() if packet in passed} == passing


async def test_egress_rules_are_those_of_the_sender(bench: Bench) -> None:
    api, port = bench.lab.api, bench.sender.port
    before = port["security_groups"]
    only = await bench.lab.group({"direction": "egress", **PROBE}, {"direction": "egress", "protocol": "tcp"})
    await bench.filter_by({"ethertype": "IPv4"})
    try:
        await api.change("port", port["id"], security_groups=[only["id"]])
        await bench.lab.settled()
        tcp, udp = bench.v4() / TCP(sport=3022, dport=22), bench.v4() / UDP(sport=3053, dport=53)
        assert await bench.passed(tcp, udp) == [tcp]
    finally:
        await api.change("port", port["id"], security_groups=before)
        await bench.lab.settled()


async def test_threat_d4_datagrams_to_the_port_of_dns_pass_no_closed_egress(bench: Bench) -> None:
    """Neither a query nor what looks like one: the answering stage of OVN comes after the rules of the sender."""
    api, port = bench.lab.api, bench.sender.port
    before = port["security_groups"]
    only = await bench.lab.group({"direction": "egress", **PROBE})
    await bench.filter_by({"ethertype": "IPv4"}, {"ethertype": "IPv6"})
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04host\x00\x00\x01\x00\x01"
    try:
        await api.change("port", port["id"], security_groups=[only["id"]])
        await bench.lab.settled()
        lookalikes = [
            layer / UDP(sport=sport, dport=53) / Raw(payload)
            for layer in (bench.v4(), bench.v6())
            for sport in (53, 4053)
            for payload in (query, query[:12], query[:5], b"")
        ]
        assert await bench.passed(*lookalikes) == []
    finally:
        await api.change("port", port["id"], security_groups=before)
        await bench.lab.settled()


async def test_port_without_groups_hears_and_says_nothing(lab: Laboratory) -> None:
    network, _ = await lab.network("10.0.0.0/24")
    bare = await lab.api.make("port", network_id=network["id"], security_groups=[])
    ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(2)]
    generous = await lab.group({})
    await lab.api.change("port", ports[1]["id"], security_groups=[*ports[1]["security_groups"], generous["id"]])
    async with lab.plugged(bare, *ports) as (silent, one, other):
        assert await one.reaches(other.ip)
        assert not await one.reaches(silent.ip, within_s=0.4)
        assert not await silent.reaches(other.ip, within_s=0.4)


async def test_remote_group_follows_its_members(lab: Laboratory) -> None:
    network, _ = await lab.network("10.0.0.0/24")
    leaving = {"direction": "egress"}
    friends, strangers = await lab.group(leaving), await lab.group(leaving)
    inner = await lab.group({"remote_group_id": friends["id"]})
    server = await lab.api.make("port", network_id=network["id"], security_groups=[inner["id"]])
    member = await lab.api.make("port", network_id=network["id"], security_groups=[friends["id"]])
    other = await lab.api.make("port", network_id=network["id"], security_groups=[strangers["id"]])
    async with lab.plugged(server, member, other) as (inside, first, second), inside.answering(7):
        assert await first.asks(inside.ip, 7)
        assert not await second.asks(inside.ip, 7, within_s=0.4)

        await lab.api.change("port", other["id"], security_groups=[friends["id"]])
        await lab.api.change("port", member["id"], security_groups=[strangers["id"]])
        await lab.settled()
        assert await second.asks(inside.ip, 7)
        assert not await first.asks(inside.ip, 7, within_s=0.4)


async def test_stateless_group_asks_for_a_rule_each_way(lab: Laboratory) -> None:
    network, _ = await lab.network("10.0.0.0/24")
    group = await lab.group({"protocol": "udp", "port_range_min": 7, "port_range_max": 7}, stateful=False)
    server = await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]])
    client = await lab.api.make("port", network_id=network["id"])
    async with lab.plugged(server, client) as (inside, asker), inside.answering(7), inside.sniffing() as seen:
        assert not await asker.asks(inside.ip, 7, within_s=0.4)
        await seen.wait(lambda frame: frame.haslayer(UDP) and frame[UDP].dport == 7)
        await lab.rule(group, direction="egress", protocol="udp")
        await lab.settled()
        assert await asker.asks(inside.ip, 7)


async def test_threat_n8_rule_of_a_running_guest_holds_at_once_and_after_the_agents_of_ovn_return(
    lab: Laboratory,
) -> None:
    """Rules that change while ovn-controller is down are the rules when it is back."""
    network, _ = await lab.network("10.0.0.0/24")
    group = await lab.group({"protocol": "udp", "port_range_min": 7, "port_range_max": 7})
    server = await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]])
    client = await lab.api.make("port", network_id=network["id"])
    async with lab.plugged(server, client) as (inside, asker), inside.answering(7), inside.answering(8):
        assert await asker.asks(inside.ip, 7)
        await lab.chassis.controller.stop()
        try:
            for rule in await lab.api.find(f"security-group-rules?security_group_id={group['id']}"):
                await lab.api.remove("security_group_rule", rule["id"])
            await lab.rule(group, protocol="udp", port_range_min=8, port_range_max=8)
        finally:
            await lab.chassis.controller.start()
        await lab.settled()
        assert await asker.asks(inside.ip, 8, within_s=5)
        assert not await asker.asks(inside.ip, 7, within_s=0.5)
