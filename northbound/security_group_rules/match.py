"""The OVN match of a security group rule: built from ids, numbers and parsed addresses, never from tenant text. Pure.

Source: ovn-sb(5), Logical_Flow match; the grammar is that of Neutron's OVN driver.
"""

from northbound.security_group_rules import protocols
from northbound.security_group_rules.rule import Rule
from southbound.names import address_set_name, pair_set_name, port_group_name, remote_group_set_name


def rule_match(rule: Rule, *, with_pairs: bool = False) -> str:
    """What the ACL of `rule` matches: member port, address family, remote end, protocol.

    `with_pairs`: the members of the remote group have allowed address pairs, which are in a set of their own.
    """
    return " && ".join([_member(rule), f"ip{rule.ip_version}", *_remote_end(rule, with_pairs), *_protocol(rule)])


def _member(rule: Rule) -> str:
    side = "outport" if rule.direction == "ingress" else "inport"
    return f"{side} == @{port_group_name(rule.security_group_id)}"


def _remote_end(rule: Rule, with_pairs: bool) -> list[str]:
    field = f"ip{rule.ip_version}.{'src' if rule.direction == 'ingress' else 'dst'}"
    if rule.remote_group_id is not None:
        members = f"${remote_group_set_name(rule.remote_group_id, rule.ip_version)}"
        pairs = f"${pair_set_name(rule.remote_group_id, rule.ip_version)}"
        return [f"{field} == {{{members}, {pairs}}}" if with_pairs else f"{field} == {members}"]
    if rule.remote_address_group_id is not None:
        return [f"{field} == ${address_set_name(rule.remote_address_group_id, rule.ip_version)}"]
    if rule.remote_ip_prefix is not None and not rule.remote_ip_prefix.endswith("/0"):
        return [f"{field} == {rule.remote_ip_prefix}"]
    return []


def _protocol(rule: Rule) -> list[str]:
    number = rule.protocol_number
    if number is None:
        return []
    if number in protocols.ICMPS:
        return _icmp(rule)
    if number in protocols.WITH_PORTS:
        name = protocols.WITH_PORTS[number]
        return [name, *_ports(f"{name}.dst", rule.port_range_min, rule.port_range_max)]
    return [f"ip.proto == {number}"]


def _icmp(rule: Rule) -> list[str]:
    name = "icmp4" if rule.ip_version == 4 else "icmp6"
    terms = [name]
    if rule.port_range_min is not None:
        terms.append(f"{name}.type == {rule.port_range_min}")
    if rule.port_range_max is not None:
        terms.append(f"{name}.code == {rule.port_range_max}")
    return terms


def _ports(field: str, low: int | None, high: int | None) -> list[str]:
    if low is None or high is None:
        return []
    return [f"{field} == {low}"] if low == high else [f"{field} >= {low}", f"{field} <= {high}"]
