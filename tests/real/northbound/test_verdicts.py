"""Threat N14: for rules in every spelling, OVN's verdict on packets equals that of an evaluator of its own."""

import asyncio
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from deploy.lab.daemons.programs import run
from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real
SENDER = {4: "10.50.0.200", 6: "2001:db8::200"}
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "ipv6-icmp": 58, "icmpv6": 58, "gre": 47}


@dataclass(frozen=True)
class Packet:
    """`first` and `second` are destination port and nothing, or ICMP type and code."""

    version: int
    protocol: int
    first: int = 0
    second: int = 0
    source: str = ""

    @property
    def sender(self) -> str:
        return self.source or SENDER[self.version]


PACKETS = [
    Packet(4, 6, 22),
    Packet(4, 6, 23),
    Packet(4, 17, 22),
    Packet(4, 6, 22, source="198.51.100.7"),
    Packet(4, 1, 8, 0),
    Packet(4, 1, 3, 1),
    Packet(4, 47),
    Packet(6, 6, 22),
    Packet(6, 17, 23),
    Packet(6, 58, 128, 0),
    Packet(6, 58, 128, 0, source="2001:db8:1::7"),
]
RULES: list[dict[str, Any]] = [
    {},
    {"ethertype": "IPv6"},
    {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22},
    {"protocol": "6", "port_range_min": 20, "port_range_max": 22},
    {"protocol": "UDP"},
    {"protocol": 47},
    {"protocol": "icmp"},
    {"protocol": "1", "port_range_min": 8},
    {"protocol": "icmp", "port_range_min": 3, "port_range_max": 1},
    {"protocol": "icmp", "ethertype": "IPv6"},
    {"protocol": "58", "ethertype": "IPv6", "port_range_min": 128, "port_range_max": 0},
    {"protocol": "any", "remote_ip_prefix": "198.51.100.9/24"},
    {"protocol": "tcp", "remote_ip_prefix": "0.0.0.0/0"},
    {"ethertype": "IPv6", "remote_ip_prefix": "2001:db8::/48"},
    {"addresses": ["198.51.100.1-198.51.100.9", "2001:db8::200/128"]},
    {"addresses": ["198.51.100.7/32", "2001:db8:1::/64"], "ethertype": "IPv6", "protocol": "icmp"},
    {"addresses": ["0.0.0.0/0"], "protocol": "tcp", "port_range_min": 22, "port_range_max": 22},
    {"addresses": ["2001:db8::/32"]},
    {"addresses": []},
]
"""`addresses` are those of an address group that the rule names."""


def permits(rule: dict[str, Any], packet: Packet) -> bool:
    """What the networking API says that the rule means."""
    if packet.version != (6 if rule.get("ethertype") == "IPv6" else 4):
        return False
    if "remote_ip_prefix" in rule and ip_address(packet.sender) not in ip_network(
        rule["remote_ip_prefix"], strict=False
    ):
        return False
    if "addresses" in rule and not _is_among(packet.sender, rule["addresses"]):
        return False
    word = str(rule.get("protocol", "any")).lower()
    if word == "any":
        return True
    number = NUMBERS[word] if word in NUMBERS else int(word)
    if number in (1, 58):
        number = 58 if packet.version == 6 else 1
    if packet.protocol != number:
        return False
    low, high = rule.get("port_range_min"), rule.get("port_range_max")
    if number in (1, 58):
        return low in (None, packet.first) and high in (None, packet.second)
    return low is None or low <= packet.first <= high


def _is_among(address: str, entries: list[str]) -> bool:
    for entry in entries:
        first, _, last = entry.partition("-")
        if last and int(ip_address(first)) <= int(ip_address(address)) <= int(ip_address(last)):
            return True
        if not last and ip_address(address) in ip_network(entry, strict=False):
            return True
    return False


async def made(api: NetworkApi, rule: dict[str, Any]) -> dict[str, Any]:
    """The rule as the API takes it; the address group that it names is made."""
    if "addresses" not in rule:
        return rule
    group = await api.make("address_group", addresses=rule["addresses"])
    return {name: value for name, value in rule.items() if name != "addresses"} | {
        "remote_address_group_id": group["id"]
    }


async def verdict(api: NetworkApi, network_id: str, sender: dict, receiver: dict, packet: Packet) -> bool:
    """Whether OVN's logical pipeline delivers the packet, which opens a connection, to the receiver."""
    family = f"ip{packet.version}"
    target = next(
        fixed["ip_address"]
        for fixed in receiver["fixed_ips"]
        if ip_address(fixed["ip_address"]).version == packet.version
    )
    words = [
        f'inport == "{sender["id"]}"',
        f"eth.src == {sender['mac_address']}",
        f"eth.dst == {receiver['mac_address']}",
        f"{family}.src == {packet.sender}",
        f"{family}.dst == {target}",
        "ip.ttl == 64",
        f"ip.proto == {packet.protocol}",
    ]
    if packet.protocol in (6, 17):
        words.append(f"{'tcp' if packet.protocol == 6 else 'udp'}.dst == {packet.first}")
    if packet.protocol in (1, 58):
        name = "icmp6" if packet.version == 6 else "icmp4"
        words += [f"{name}.type == {packet.first}", f"{name}.code == {packet.second}"]
    database = f"--db={api.ovn.southbound.remote}"
    options = ["--minimal", "--no-friendly-names", *["--ct=new"] * 4]
    said = await run(["ovn-trace", database, *options, f"neutron-{network_id}", " && ".join(words)])
    return f'output("{receiver["id"]}")' in said


async def test_threat_n14_verdict_of_ovn_is_that_of_the_rule(api: NetworkApi) -> None:
    await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"security_group": 50}}, who="admin")
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    await api.make("subnet", network_id=network["id"], ip_version=6, cidr="2001:db8::/64")
    sender = await api.make("port", network_id=network["id"], port_security_enabled=False, security_groups=[])
    receivers = []
    for number, rule in enumerate(RULES):
        group = await api.make("security_group", name=f"group {number}")
        await api.make(
            "security_group_rule", security_group_id=group["id"], direction="ingress", **await made(api, rule)
        )
        receivers.append(await api.make("port", network_id=network["id"], security_groups=[group["id"]]))
    await api.ovn.nbctl("--wait=sb", "sync")
    at_once = asyncio.Semaphore(2)

    async def differs(rule: dict[str, Any], receiver: dict, packet: Packet) -> str | None:
        async with at_once:
            got = await verdict(api, network["id"], sender, receiver, packet)
        return None if got == permits(rule, packet) else f"{rule} on {packet}: OVN says {got}"

    pairs = [(rule, port, packet) for rule, port in zip(RULES, receivers, strict=True) for packet in PACKETS]
    differences = await asyncio.gather(*(differs(*pair) for pair in pairs))
    assert [difference for difference in differences if difference] == []
    assert any(permits(rule, packet) for rule in RULES for packet in PACKETS)
