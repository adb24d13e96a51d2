"""The named ports of a network -> one DNS row of its switch, and a limit of what is asked. Pure.

OVN answers a guest's questions by UDP for these names, whichever server it asks, and passes on all others. Ports of
one name answer with all their addresses. Source: ovn-mapping section 10, ovn-nb(5) DNS.
"""

import ipaddress
from collections.abc import Sequence

from msgspec import Struct

from northbound.dns.names import CLOUD_DOMAIN, full_domain
from northbound.protection.plan import plan_name_limit
from southbound import external_ids, names
from southbound.ovsdb.rows import Row


class NamedPort(Struct, frozen=True):
    """`dns_domain` is the port's own, empty when it has none."""

    dns_name: str
    dns_domain: str
    ips: list[str]


class Zone(Struct, frozen=True):
    """A network's named ports, and its domain, which may be empty. `id` is the network's."""

    id: str
    dns_domain: str
    ports: Sequence[NamedPort]


def plan_zone(zone: Zone) -> list[Row]:
    records = zone_records(zone)
    if not records:
        return []
    return [
        Row(
            "DNS",
            owner=names.zone_owner(zone.id),
            uuid=names.zone_uuid(zone.id),
            members=(("Logical_Switch", names.switch_uuid(zone.id), "dns_records"),),
            columns={
                "records": records,
                "external_ids": {external_ids.SWITCH_NAME: names.switch_name(zone.id)},
            },
        ),
        plan_name_limit(zone.id),
    ]


def zone_records(zone: Zone) -> dict[str, str]:
    """Name -> addresses, and reverse name of each address -> full name; no name ends with a dot."""
    found: dict[str, set[str]] = {}
    for port in zone.ports:
        for name in _names_of(port, zone.dns_domain):
            found.setdefault(name, set()).update(port.ips)
    records = {name: " ".join(sorted(ips, key=_order)) for name, ips in found.items() if ips}
    for port in zone.ports:
        full_name = f"{port.dns_name}.{full_domain([port.dns_domain, zone.dns_domain])}".rstrip(".")
        records |= {ipaddress.ip_address(ip).reverse_pointer: full_name for ip in port.ips}
    return records


def _names_of(port: NamedPort, network_domain: str) -> set[str]:
    """The bare name, and the name in every domain that it may be asked for in."""
    domains = [domain for domain in (port.dns_domain, network_domain, CLOUD_DOMAIN) if domain]
    return {port.dns_name, *(f"{port.dns_name}.{domain}".rstrip(".") for domain in domains)}


def _order(ip: str) -> tuple[int, int]:
    address = ipaddress.ip_address(ip)
    return address.version, int(address)
