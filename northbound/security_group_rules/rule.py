"""A rule in its canonical form, and what makes one valid. Pure.

    what the tenant sent -> checked_rule -> Rule -> store, match

Whatever passes here can be said exactly in OVN's match language; what cannot is refused with words, because a rule
that loses a restriction on its way permits too much.
"""

import ipaddress
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from northbound.security_group_rules import errors, protocols

Direction = Literal["ingress", "egress"]
ETHERTYPES = {"ipv4": "IPv4", "ipv6": "IPv6"}
IP_VERSIONS = {"IPv4": 4, "IPv6": 6}
HIGHEST_PORT = 65535
HIGHEST_ICMP = 255


class Rule(Struct, frozen=True, kw_only=True):
    """One permit. `protocol` None means any; for ICMP the port range holds type and code, None meaning any.

    At most one of `remote_ip_prefix` (canonical CIDR), `remote_group_id` and `remote_address_group_id` is set; none
    means any address. `written_prefix` is the first as its maker wrote it, host bits and all, for showing.
    """

    id: str
    security_group_id: str
    project_id: str
    direction: Direction
    ethertype: str
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    written_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None
    description: str = ""
    tags: list[str] = []
    revision_number: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    belongs_to_default: bool = False

    @property
    def protocol_number(self) -> int | None:
        return protocols.number(self.protocol)

    @property
    def ip_version(self) -> int:
        return IP_VERSIONS[self.ethertype]


def checked_rule(
    *,
    rule_id: str,
    security_group_id: str,
    project_id: str,
    direction: Direction,
    ethertype: str,
    protocol: str | int | None,
    port_range_min: str | int | None,
    port_range_max: str | int | None,
    remote_ip_prefix: str | None,
    remote_group_id: str | None,
    remote_address_group_id: str | None = None,
    description: str,
) -> Rule:
    """The rule in canonical form. Raises one of `errors` (all 400) naming what does not fit.

    `remote_ip_prefix` is an address and a prefix length, with or without host bits.
    """
    family = ETHERTYPES.get(ethertype.lower())
    if family is None:
        raise errors.SecurityGroupRuleInvalidEtherType(ethertype)
    spelling = _canonical_protocol(protocol, family)
    low = _parse_number("port_range_min", port_range_min)
    high = _parse_number("port_range_max", port_range_max)
    _check_ports(spelling, low, high)
    _check_remote(family, remote_ip_prefix, remote_group_id, remote_address_group_id)
    return Rule(
        id=rule_id,
        security_group_id=security_group_id,
        project_id=project_id,
        direction=direction,
        ethertype=family,
        protocol=spelling,
        port_range_min=low,
        port_range_max=high,
        remote_ip_prefix=without_host_bits(remote_ip_prefix),
        written_prefix=remote_ip_prefix,
        remote_group_id=remote_group_id,
        remote_address_group_id=remote_address_group_id,
        description=description,
    )


def _canonical_protocol(protocol: str | int | None, family: str) -> str | None:
    if protocol is None:
        return None
    try:
        spelling = protocols.canonical(str(protocol))
    except ValueError:
        raise errors.SecurityGroupRuleInvalidProtocol(protocol) from None
    if spelling is None:
        return None
    if family == "IPv4" and protocols.needs_ipv6(spelling):
        raise errors.SecurityGroupEthertypeConflictWithProtocol(family, spelling)
    if family == "IPv6" and protocols.number(spelling) in protocols.ICMPS:
        return "ipv6-icmp"
    return spelling


def _parse_number(attribute: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, int):
        return value
    if value.isascii() and value.isdecimal() and len(value) <= 5:
        return int(value)
    raise errors.SecurityGroupInvalidPortValue(attribute, value)


def _check_ports(protocol: str | None, low: int | None, high: int | None) -> None:
    if low is None and high is None:
        return
    if protocol is None:
        raise errors.SecurityGroupProtocolRequiredWithPorts
    if protocols.number(protocol) in protocols.ICMPS:
        _check_icmp(low, high)
    elif protocols.number(protocol) in protocols.WITH_PORTS:
        _check_port_range(low, high)
    else:
        raise errors.SecurityGroupInvalidProtocolForPort(protocol)


def _check_icmp(icmp_type: int | None, code: int | None) -> None:
    for attribute, field, value in (("port_range_min", "type", icmp_type), ("port_range_max", "code", code)):
        if value is not None and not 0 <= value <= HIGHEST_ICMP:
            raise errors.SecurityGroupInvalidIcmpValue(attribute, field, value)
    if icmp_type is None and code is not None:
        raise errors.SecurityGroupMissingIcmpType(code)


def _check_port_range(low: int | None, high: int | None) -> None:
    for attribute, value in (("port_range_min", low), ("port_range_max", high)):
        if value is not None and not 1 <= value <= HIGHEST_PORT:
            raise errors.SecurityGroupInvalidPortValue(attribute, value)
    if low is None or high is None or low > high:
        raise errors.SecurityGroupInvalidPortRange


def without_host_bits(prefix: str | None) -> str | None:
    return None if prefix is None else str(ipaddress.ip_network(prefix, strict=False))


def _check_remote(family: str, prefix: str | None, group_id: str | None, address_group_id: str | None) -> None:
    if [prefix, group_id, address_group_id].count(None) < 2:
        raise errors.SecurityGroupMultipleRemoteEntites
    if prefix is not None and ipaddress.ip_interface(prefix).version != IP_VERSIONS[family]:
        raise errors.SecurityGroupRuleParameterConflict(family, prefix)
