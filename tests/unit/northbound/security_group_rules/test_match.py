"""The OVN match of every kind of rule, word for word."""

import pytest

from northbound.security_group_rules.match import rule_match
from northbound.security_group_rules.protocols import NUMBERS
from tests.unit.northbound.security_group_rules.factories import ADDRESS_GROUP, OTHER_GROUP, a_rule

IN = "outport == @pg_11111111_1111_4111_8111_111111111111"
OUT = "inport == @pg_11111111_1111_4111_8111_111111111111"
ADDRESS_SET = "$ag_44444444_4444_4444_8444_444444444444"
REMOTE_SET = "$pg_22222222_2222_4222_8222_222222222222"

GRAMMAR = [
    ({}, f"{IN} && ip4"),
    ({"ethertype": "IPv6"}, f"{IN} && ip6"),
    ({"direction": "egress"}, f"{OUT} && ip4"),
    ({"remote_ip_prefix": "10.0.0.0/8"}, f"{IN} && ip4 && ip4.src == 10.0.0.0/8"),
    ({"remote_ip_prefix": "0.0.0.0/0"}, f"{IN} && ip4"),
    ({"ethertype": "IPv6", "remote_ip_prefix": "::/0"}, f"{IN} && ip6"),
    ({"direction": "egress", "remote_ip_prefix": "10.0.0.0/8"}, f"{OUT} && ip4 && ip4.dst == 10.0.0.0/8"),
    (
        {"ethertype": "IPv6", "remote_ip_prefix": "2001:db8::/32"},
        f"{IN} && ip6 && ip6.src == 2001:db8::/32",
    ),
    ({"remote_group_id": OTHER_GROUP}, f"{IN} && ip4 && ip4.src == {REMOTE_SET}_ip4"),
    ({"direction": "egress", "remote_group_id": OTHER_GROUP}, f"{OUT} && ip4 && ip4.dst == {REMOTE_SET}_ip4"),
    ({"ethertype": "IPv6", "remote_group_id": OTHER_GROUP}, f"{IN} && ip6 && ip6.src == {REMOTE_SET}_ip6"),
    ({"remote_address_group_id": ADDRESS_GROUP}, f"{IN} && ip4 && ip4.src == {ADDRESS_SET}_ip4"),
    (
        {"remote_address_group_id": ADDRESS_GROUP, "direction": "egress", "ethertype": "IPv6"},
        f"{OUT} && ip6 && ip6.dst == {ADDRESS_SET}_ip6",
    ),
    ({"protocol": "tcp"}, f"{IN} && ip4 && tcp"),
    ({"protocol": "any"}, f"{IN} && ip4"),
    ({"protocol": "tcp", "port_range_min": 22, "port_range_max": 22}, f"{IN} && ip4 && tcp && tcp.dst == 22"),
    (
        {"protocol": "udp", "port_range_min": 1000, "port_range_max": 2000},
        f"{IN} && ip4 && udp && udp.dst >= 1000 && udp.dst <= 2000",
    ),
    (
        {"protocol": "SCTP", "port_range_min": "9", "port_range_max": "9", "direction": "egress"},
        f"{OUT} && ip4 && sctp && sctp.dst == 9",
    ),
    (
        {"protocol": "6", "port_range_min": 1, "port_range_max": 65535},
        f"{IN} && ip4 && tcp && tcp.dst >= 1 && tcp.dst <= 65535",
    ),
    ({"protocol": 17}, f"{IN} && ip4 && udp"),
    ({"protocol": "icmp"}, f"{IN} && ip4 && icmp4"),
    ({"protocol": "1", "port_range_min": 8}, f"{IN} && ip4 && icmp4 && icmp4.type == 8"),
    (
        {"protocol": "icmp", "port_range_min": 0, "port_range_max": 0},
        f"{IN} && ip4 && icmp4 && icmp4.type == 0 && icmp4.code == 0",
    ),
    *[
        (
            {"ethertype": "IPv6", "protocol": spelling, "port_range_min": 128},
            f"{IN} && ip6 && icmp6 && icmp6.type == 128",
        )
        for spelling in ("icmp", "1", "icmpv6", "ipv6-icmp", "58", 58, "ICMPv6")
    ],
    ({"protocol": "gre"}, f"{IN} && ip4 && ip.proto == 47"),
    ({"protocol": "udplite"}, f"{IN} && ip4 && ip.proto == 136"),
    ({"protocol": "0"}, f"{IN} && ip4 && ip.proto == 0"),
    ({"protocol": "hopopt"}, f"{IN} && ip4 && ip.proto == 0"),
    ({"protocol": "255"}, f"{IN} && ip4 && ip.proto == 255"),
    ({"ethertype": "IPv6", "protocol": "ipv6-route"}, f"{IN} && ip6 && ip.proto == 43"),
]


@pytest.mark.parametrize(("words", "match"), GRAMMAR, ids=[str(words) for words, _ in GRAMMAR])
def test_rule_reads_as_ovn_match(words: dict, match: str) -> None:
    assert rule_match(a_rule(**words)) == match


@pytest.mark.parametrize("protocol", [name for name, number in NUMBERS.items() if number not in (1, 6, 17, 58, 132)])
def test_every_portless_protocol_is_matched_by_its_number(protocol: str) -> None:
    assert rule_match(a_rule(ethertype="IPv6", protocol=protocol)).endswith(
        f"&& ip6 && ip.proto == {NUMBERS[protocol]}"
    )


MUTATIONS = [
    {"direction": "egress"},
    {"ethertype": "IPv6", "remote_ip_prefix": None},
    {"protocol": "udp"},
    {"protocol": None, "port_range_min": None, "port_range_max": None},
    {"port_range_min": None, "port_range_max": None},
    {"port_range_max": 81},
    {"port_range_min": 79},
    {"remote_ip_prefix": None},
    {"remote_ip_prefix": None, "remote_group_id": OTHER_GROUP},
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_threat_n7_removing_or_changing_a_field_changes_the_match(mutation: dict) -> None:
    full = {"protocol": "tcp", "port_range_min": 80, "port_range_max": 80, "remote_ip_prefix": "10.0.0.0/8"}
    assert rule_match(a_rule(**{**full, **mutation})) != rule_match(a_rule(**full))


def test_threat_n13_tenant_text_is_never_in_the_match() -> None:
    hostile = 'x" || 1 && $as {'
    assert rule_match(a_rule(description=hostile)) == rule_match(a_rule())
