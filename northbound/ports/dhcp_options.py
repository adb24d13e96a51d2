"""Extra DHCP options of a port: the names and numbers that are accepted, and what OVN calls them. Pure.

Names are those of the options with dashes or underscores; `tag:ipxe,67` and `tag:!ipxe,67` tell guests that boot by
iPXE from others. `dhcp_disabled` turns DHCP off for its IP version. Not accepted: what OVN 23.03 does not know (a boot
file by DHCPv6), and the address itself, which is the port's.
Source: ovn-mapping section 5.3, ovn-nb(5) DHCP_Options.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from northbound.networks.network import InvalidInput
from northbound.ports import dhcp_values as values
from northbound.ports.dhcp_values import Parse
from northbound.ports.port import DhcpOption

DISABLED = "dhcp_disabled"
ROUTES = "classless_static_route"
LARGEST = 2**32 - 1


class Known(NamedTuple):
    """An option as OVN knows it: its key, and the parser of its value."""

    key: str
    parse: Parse


def _table(*entries: tuple[str, str, Parse]) -> Mapping[str, Known]:
    """Number, and name with dashes -> option."""
    return {
        name: Known(key, parse)
        for number, key, parse in entries
        for name in (number, key.lower().replace("_", "-"))
        if name
    }


V4 = _table(
    ("1", "netmask", values.address_v4),
    ("3", "router", values.address_v4),
    ("6", "dns_server", values.addresses_v4),
    ("7", "log_server", values.addresses_v4),
    ("9", "lpr_server", values.addresses_v4),
    ("15", "domain_name", values.text),
    ("16", "swap_server", values.address_v4),
    ("19", "ip_forward_enable", values.truth),
    ("21", "policy_filter", values.addresses_v4),
    ("23", "default_ttl", values.number(1, 255)),
    ("26", "mtu", values.number(68, 65535)),
    ("31", "router_discovery", values.truth),
    ("32", "router_solicitation", values.address_v4),
    ("35", "arp_cache_timeout", values.number(0, LARGEST)),
    ("36", "ethernet_encap", values.truth),
    ("37", "tcp_ttl", values.number(1, 255)),
    ("38", "tcp_keepalive_interval", values.number(0, LARGEST)),
    ("41", "nis_server", values.addresses_v4),
    ("42", "ntp_server", values.addresses_v4),
    ("51", "lease_time", values.number(60, LARGEST)),
    ("54", "server_id", values.address_v4),
    ("58", "T1", values.number(0, LARGEST)),
    ("59", "T2", values.number(0, LARGEST)),
    ("66", "tftp_server", values.host),
    ("67", "bootfile_name", values.text),
    ("119", "domain_search_list", values.domains),
    ("121", ROUTES, values.routes),
    ("150", "tftp_server_address", values.addresses_v4),
    ("210", "path_prefix", values.text),
    ("249", "ms_classless_static_route", values.routes),
    ("252", "wpad", values.text),
    ("255", "next_server", values.boot_server),
    ("", "bootfile_name_alt", values.text),
)
V6 = _table(
    ("2", "server_id", values.mac),
    ("23", "dns_server", values.addresses_v6),
    ("24", "domain_search", values.domains),
)
ALIASES = {
    "arp-timeout": "arp-cache-timeout",
    "domain-search": "domain-search-list",
    "server-ip-address": "next-server",
    "tag:ipxe,67": "bootfile-name",
    "tag:!ipxe,67": "bootfile-name-alt",
    "tcp-keepalive": "tcp-keepalive-interval",
}
"""Of IPv4, to what each is an alias of."""


def is_disabled(options: Sequence[DhcpOption], ip_version: int) -> bool:
    return any(
        option.opt_name == DISABLED and option.ip_version == ip_version and values.truth(option.opt_value or "") == "1"
        for option in options
    )


def overlay(options: Sequence[DhcpOption], ip_version: int) -> dict[str, str | None]:
    """OVN's key -> value for the options of one IP version; None takes the option away from this port."""
    overlaid = {}
    for option in options:
        if option.ip_version == ip_version and option.opt_name != DISABLED:
            known = _find(option)
            overlaid[known.key] = None if option.opt_value is None else known.parse(option.opt_value)
    return overlaid


def merge(of_subnet: Mapping[str, str], of_port: Mapping[str, str | None]) -> dict[str, str]:
    """A subnet's options with a port's over them; routes are added, one per destination."""
    merged = dict(of_subnet) | dict(of_port)
    routes, added = of_subnet.get(ROUTES), of_port.get(ROUTES)
    if routes and added:
        merged[ROUTES] = values.write_routes(values.parse_routes(routes) | values.parse_routes(added))
    return {key: value for key, value in merged.items() if value is not None}


def _find(option: DhcpOption) -> Known:
    name = option.opt_name.lower().replace("_", "-")
    return V4[ALIASES.get(name, name)] if option.ip_version == 4 else V6[name]


def check(options: Sequence[DhcpOption]) -> None:
    """Raises InvalidInput for an option that is not accepted, or whose value is not of its type."""
    seen = set()
    for option in options:
        try:
            named = DISABLED if option.opt_name == DISABLED else _find(option).key
            if named == DISABLED:
                values.truth(option.opt_value or "")
            overlay([option], option.ip_version)
        except KeyError:
            raise InvalidInput(f"extra_dhcp_opts: option {option.opt_name} is not supported.") from None
        except ValueError:
            raise InvalidInput(f"extra_dhcp_opts: the value of {option.opt_name} is not valid.") from None
        if (named, option.ip_version) in seen:
            raise InvalidInput(f"extra_dhcp_opts holds an option twice: {option.opt_name}.")
        seen.add((named, option.ip_version))
