"""Values of DHCP options in OVN's spelling, parsed by their type and written anew; each raises ValueError. Pure.

Nothing a tenant says can end an option and begin another. Source: ovn-nb(5) DHCP_Options.
"""

import ipaddress
import re
from collections.abc import Callable

from northbound.dns.names import is_name
from runtime.attributes import IpAddress, Mac

Parse = Callable[[str], str | None]
"""None: accepted, and not sent."""
TEXT = re.compile(r"[A-Za-z0-9._/:@%+~?=&-]{1,255}")
TRUTH = {"0": "0", "1": "1", "false": "0", "true": "1"}


def address_v4(value: str) -> str:
    return str(ipaddress.IPv4Address(value))


def addresses_v4(value: str) -> str:
    return _set_of(address_v4, value)


def addresses_v6(value: str) -> str:
    """Without zone ids: whatever stands in one would reach OVN as it is."""
    return _set_of(lambda part: IpAddress.parse(str(ipaddress.IPv6Address(part))), value)


def host(value: str) -> str:
    """An address, or a name."""
    try:
        return address_v4(value)
    except ValueError:
        return text(value)


def boot_server(value: str) -> str | None:
    """An IPv4 address. One of IPv6 is no error, but nothing that DHCPv4 could say: None."""
    return None if ":" in IpAddress.parse(value) else address_v4(value)


def text(value: str) -> str:
    if not TEXT.fullmatch(value):
        raise ValueError
    return f'"{value}"'


def domains(value: str) -> str:
    found = [part.strip().lower().rstrip(".") for part in value.split(",")]
    if not all(map(is_name, found)):
        raise ValueError
    return f'"{",".join(found)}"'


def truth(value: str) -> str:
    if value.lower() not in TRUTH:
        raise ValueError
    return TRUTH[value.lower()]


def mac(value: str) -> str:
    return Mac.parse(value)


def number(low: int, high: int) -> Parse:
    def parse(value: str) -> str:
        found = int(value) if value.isdecimal() and len(value) <= 10 else -1
        if not low <= found <= high:
            raise ValueError
        return str(found)

    return parse


def routes(value: str) -> str:
    """`destination,nexthop` pairs, all separated by commas."""
    return write_routes(parse_routes(value))


def parse_routes(value: str) -> dict[str, str]:
    """Destination -> next hop, in order."""
    words = _words(value)
    if len(words) % 2:
        raise ValueError
    return {
        str(ipaddress.IPv4Network(destination)): address_v4(nexthop)
        for destination, nexthop in zip(words[::2], words[1::2], strict=True)
    }


def write_routes(found: dict[str, str]) -> str:
    return "{" + ", ".join(f"{destination},{nexthop}" for destination, nexthop in found.items()) + "}"


def _set_of(parse: Callable[[str], str], value: str) -> str:
    return "{" + ", ".join(parse(word) for word in _words(value)) + "}"


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.removeprefix("{").removesuffix("}").split(",")]
