"""What must hold of switch ports: addresses, DHCP, security, the router's port at the other end."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network

from northbound.translation.checks.group import Check, Group, own_addresses
from southbound import names
from southbound.ovsdb.rows import Row


def _has_its_addresses_alone(row: Row, group: Group) -> Iterator[str]:
    for address in own_addresses(row):
        others = group.placed[row.inside[1], address] - {row.uuid}
        if others:
            yield f"{address} is also an address of Logical_Switch_Port {', '.join(sorted(others))} of its switch"


def _dhcp_covers_an_address(row: Row, group: Group) -> Iterator[str]:
    for version, column in ((4, "dhcpv4_options"), (6, "dhcpv6_options")):
        uuid = row.columns.get(column)
        options = group.find("DHCP_Options", str(uuid)) if uuid else None
        if options is None:
            continue
        cidr = network_of(str(options["cidr"]))
        addresses = [ip_address(part) for part in own_addresses(row)[1:]]
        if cidr.version != version or not any(address in cidr for address in addresses):
            yield f"{column} is of {cidr}, which has none of its addresses"


network_of = lru_cache(maxsize=1000)(ip_network)
"""Remembered, because all ports of a subnet are held to the same one."""


def _is_filtered_by_both_or_neither(row: Row, _group: Group) -> Iterator[str]:
    """Held to its addresses and under the default deny of its network, or neither. Threats N2, D3."""
    if row.columns.get("type") != "" or "port_security" not in row.columns or row.inside is None:
        return
    denied = ("Port_Group", names.drop_group_uuid(row.inside[1]), "ports") in row.members
    if denied != bool(row.columns["port_security"]):
        yield f"it is{'' if denied else ' not'} under default deny but its port_security is {row.columns['port_security']}"


def _has_its_other_end(row: Row, group: Group) -> Iterator[str]:
    options = row.columns.get("options")
    if row.columns.get("type") != "router" or not isinstance(options, Mapping):
        return
    peer = options.get("router-port")
    if not peer or not group.named("Logical_Router_Port", peer):
        yield f"its router port {peer} does not exist"


CHECKS: Mapping[str, Mapping[str, Check]] = {
    "Logical_Switch_Port": {
        "address-unique": _has_its_addresses_alone,
        "dhcp-covers": _dhcp_covers_an_address,
        "filtered": _is_filtered_by_both_or_neither,
        "router-peer": _has_its_other_end,
    },
}
