"""Extra DHCP options of a port: the names that are accepted, and their values in OVN's spelling. Pure.

A value is parsed by its type and written anew, so that nothing a tenant says can end an option and begin another.
Source: ovn-mapping section 5.3, ovn-nb(5) DHCP_Options.
"""

import ipaddress
import re
from collections.abc import Callable

from northbound.networks.network import InvalidInput
from northbound.ports.port import DhcpOption
from runtime.attributes import IpAddress

TEXT = re.compile(r"[A-Za-z0-9._/:@%+~-]{1,255}")


def _address_v4(value: str) -> str:
    return str(ipaddress.IPv4Address(value))


def _addresses_v4(value: str) -> str:
    return _set_of(_address_v4, value)


def _addresses_v6(value: str) -> str:
    """Without zone ids: whatever stands in one would reach OVN as it is."""
    return _set_of(lambda part: IpAddress.parse(str(ipaddress.IPv6Address(part))), value)


def _set_of(parse: Callable[[str], str], value: str) -> str:
    return "{" + ", ".join(parse(part.strip()) for part in value.strip("{}").split(",")) + "}"


def _text(value: str) -> str:
    if not TEXT.fullmatch(value):
        raise ValueError
    return f'"{value}"'


def _number(low: int, high: int) -> Callable[[str], str]:
    def parse(value: str) -> str:
        number = int(value) if value.isdecimal() and len(value) <= 10 else -1
        if not low <= number <= high:
            raise ValueError
        return str(number)

    return parse


OPTIONS_V4: dict[str, tuple[str, Callable[[str], str]]] = {
    "router": ("router", _address_v4),
    "dns-server": ("dns_server", _addresses_v4),
    "domain-name": ("domain_name", _text),
    "domain-search": ("domain_search_list", _text),
    "mtu": ("mtu", _number(68, 65535)),
    "ntp-server": ("ntp_server", _addresses_v4),
    "lease-time": ("lease_time", _number(60, 2**32 - 1)),
    "tftp-server": ("tftp_server", _text),
    "tftp-server-address": ("tftp_server_address", _addresses_v4),
    "bootfile-name": ("bootfile_name", _text),
    "path-prefix": ("path_prefix", _text),
    "server-ip-address": ("next_server", _address_v4),
}
OPTIONS_V6: dict[str, tuple[str, Callable[[str], str]]] = {
    "dns-server": ("dns_server", _addresses_v6),
    "domain-search": ("domain_search", _text),
}
NUMBERS = {
    "3": "router", "6": "dns-server", "15": "domain-name", "26": "mtu", "42": "ntp-server", "51": "lease-time",
    "66": "tftp-server", "67": "bootfile-name", "119": "domain-search", "150": "tftp-server-address",
    "210": "path-prefix",
}  # fmt: skip


def overlay(options: list[DhcpOption], ip_version: int) -> dict[str, str | None]:
    """OVN's key -> value for the options of one IP version; None takes the option away from this port."""
    overlaid = {}
    for option in options:
        if option.ip_version == ip_version:
            key, parse = _find(option)
            overlaid[key] = None if option.opt_value is None else parse(option.opt_value)
    return overlaid


def _find(option: DhcpOption) -> tuple[str, Callable[[str], str]]:
    table = OPTIONS_V4 if option.ip_version == 4 else OPTIONS_V6
    name = option.opt_name.replace("_", "-")
    return table[NUMBERS.get(name, name) if option.ip_version == 4 else name]


def check(options: list[DhcpOption]) -> None:
    """Raises InvalidInput for an option that is not accepted, or whose value is not of its type."""
    for option in options:
        try:
            overlay([option], option.ip_version)
        except KeyError:
            raise InvalidInput(f"extra_dhcp_opts: option {option.opt_name} is not supported.") from None
        except ValueError:
            raise InvalidInput(f"extra_dhcp_opts: the value of {option.opt_name} is not valid.") from None
    named = [(option.opt_name, option.ip_version) for option in options]
    if len(set(named)) != len(named):
        raise InvalidInput("extra_dhcp_opts holds an option twice.")
