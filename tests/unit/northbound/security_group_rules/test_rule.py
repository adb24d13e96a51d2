"""What a tenant may not say in a rule, and the type of the error that answers."""

import pytest

from runtime.errors import BadRequest
from tests.unit.northbound.security_group_rules.factories import OTHER_GROUP, a_rule

REFUSED = [
    ({"ethertype": "ARP"}, "SecurityGroupRuleInvalidEtherType"),
    ({"protocol": "tcpp"}, "SecurityGroupRuleInvalidProtocol"),
    ({"protocol": 256}, "SecurityGroupRuleInvalidProtocol"),
    ({"protocol": -1}, "SecurityGroupRuleInvalidProtocol"),
    ({"protocol": "1e1"}, "SecurityGroupRuleInvalidProtocol"),
    ({"protocol": "٦"}, "SecurityGroupRuleInvalidProtocol"),
    ({"protocol": "icmpv6"}, "SecurityGroupEthertypeConflictWithProtocol"),
    ({"protocol": "58"}, "SecurityGroupEthertypeConflictWithProtocol"),
    ({"protocol": "ipv6-frag"}, "SecurityGroupEthertypeConflictWithProtocol"),
    ({"port_range_min": 22, "port_range_max": 22}, "SecurityGroupProtocolRequiredWithPorts"),
    ({"protocol": "any", "port_range_min": 22, "port_range_max": 22}, "SecurityGroupProtocolRequiredWithPorts"),
    ({"protocol": "gre", "port_range_min": 1, "port_range_max": 2}, "SecurityGroupInvalidProtocolForPort"),
    ({"protocol": "udplite", "port_range_min": 1, "port_range_max": 2}, "SecurityGroupInvalidProtocolForPort"),
    ({"protocol": "tcp", "port_range_min": 23, "port_range_max": 22}, "SecurityGroupInvalidPortRange"),
    ({"protocol": "tcp", "port_range_min": 23}, "SecurityGroupInvalidPortRange"),
    ({"protocol": "tcp", "port_range_max": 23}, "SecurityGroupInvalidPortRange"),
    ({"protocol": "tcp", "port_range_min": 0, "port_range_max": 1}, "SecurityGroupInvalidPortValue"),
    ({"protocol": "tcp", "port_range_min": 1, "port_range_max": 65536}, "SecurityGroupInvalidPortValue"),
    ({"protocol": "tcp", "port_range_min": "ssh", "port_range_max": 22}, "SecurityGroupInvalidPortValue"),
    ({"protocol": "icmp", "port_range_min": 256}, "SecurityGroupInvalidIcmpValue"),
    ({"protocol": "icmp", "port_range_min": 8, "port_range_max": -1}, "SecurityGroupInvalidIcmpValue"),
    ({"protocol": "icmp", "port_range_max": 0}, "SecurityGroupMissingIcmpType"),
    ({"remote_ip_prefix": "2001:db8::/32"}, "SecurityGroupRuleParameterConflict"),
    ({"remote_ip_prefix": "10.0.0.0/8", "remote_group_id": OTHER_GROUP}, "SecurityGroupMultipleRemoteEntites"),
]


@pytest.mark.parametrize(("words", "kind"), REFUSED, ids=[f"{kind} {words}" for words, kind in REFUSED])
def test_threat_n14_what_ovn_cannot_say_is_refused(words: dict, kind: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        a_rule(**words)
    assert refusal.value.kind == kind


def test_protocol_keeps_the_spelling_and_means_the_number() -> None:
    assert (a_rule(protocol="TCP").protocol, a_rule(protocol="006").protocol) == ("tcp", "6")
    assert a_rule(protocol="tcp").protocol_number == a_rule(protocol=6).protocol_number == 6


def test_icmp_over_ipv6_is_shown_by_its_own_name() -> None:
    assert {a_rule(ethertype="ipv6", protocol=one).protocol for one in ("icmp", 1, "58", "icmpv6")} == {"ipv6-icmp"}
