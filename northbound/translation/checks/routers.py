"""What must hold of what hangs in a router: ports, routes, translations."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address, ip_interface
from typing import Any

from northbound.translation.checks.group import Check, Group
from southbound.ovsdb.rows import Row


def _has_a_network(row: Row, _group: Group) -> Iterator[str]:
    """Before OVN 25.03 a router port without one stops northd's whole router."""
    networks = row.columns.get("networks")
    if networks is None:
        return
    if not networks:
        yield "it has no network"
    for network in networks:
        if _parsed(ip_interface, network) is None:
            yield f"{network!r} is no address with a prefix"


def _translates_addresses(row: Row, _group: Group) -> Iterator[str]:
    for column, read in (("external_ip", ip_address), ("logical_ip", ip_interface)):
        if _parsed(read, row.columns.get(column)) is None:
            yield f"{column} is {row.columns.get(column)!r}"
    if row.columns.get("external_mac") and not row.columns.get("logical_port"):
        yield "it has an external_mac and no logical_port"


def _leads_somewhere(row: Row, _group: Group) -> Iterator[str]:
    prefix, nexthop = _parsed(ip_interface, row.columns["ip_prefix"]), row.columns["nexthop"]
    hop = _parsed(ip_address, nexthop)
    if prefix is None:
        yield f"ip_prefix is {row.columns['ip_prefix']!r}"
    elif nexthop != "discard" and (hop is None or hop.version != prefix.version):
        yield f"{nexthop!r} is no next hop for {row.columns['ip_prefix']}"


def _parsed(read: Callable[[Any], Any], text: Any) -> Any:
    try:
        return read(text)
    except ValueError:
        return None


CHECKS: Mapping[str, Mapping[str, Check]] = {
    "Logical_Router_Port": {"router-port-network": _has_a_network},
    "Logical_Router_Static_Route": {"route": _leads_somewhere},
    "NAT": {"translation": _translates_addresses},
}
