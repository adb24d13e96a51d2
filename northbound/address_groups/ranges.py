"""The addresses of a group as clients write them, in the one form that is kept: CIDRs without host bits. Pure."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network, summarize_address_range
from socket import AF_INET, AF_INET6, inet_pton

from runtime.attributes import Cidr, IpAddress

MOST_ADDRESSES = 1000


def expand(text: str, *, bare: bool = False) -> list[str]:
    """The CIDRs that an entry means: itself, or those that make up a range such as `10.0.0.1-10.0.0.9`.

    `bare`: an address alone is accepted and means itself. Raises ValueError with words for the caller.
    """
    if "/" in text:
        return [str(Cidr.parse(text))]
    first, dash, last = text.partition("-")
    if dash:
        return _range(ip_address(IpAddress.parse(first.strip())), ip_address(IpAddress.parse(last.strip())), text)
    address = IpAddress.parse(text)
    if not bare:
        raise ValueError(f"'{text[:64]}' is not a valid CIDR: expected address/prefix, or a range first-last")
    return [str(ip_network(address))]


def _range(first: object, last: object, text: str) -> list[str]:
    try:
        return [str(network) for network in summarize_address_range(first, last)]
    except (TypeError, ValueError):
        raise ValueError(f"'{text[:64]}' is not a range: its last address comes before the first") from None


def expand_all(texts: Iterable[str], *, bare: bool = False) -> list[str]:
    """Every CIDR that the entries mean, each once, in their order.

    A short entry may mean hundreds: once there are more than MOST_ADDRESSES the rest is not looked at.
    """
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(expand(text, bare=bare)))
        if len(found) > MOST_ADDRESSES:
            break
    return list(found)


def merged(cidrs: Sequence[str], ip_version: int) -> list[str]:
    """The addresses of one family as few CIDRs that do not overlap, in order.

    Every address at once is written as its two halves: OVN takes a mask of zero bits for no mask. Reckoned in numbers:
    the leader plans many groups of many addresses at a time.
    """
    family, bits = (AF_INET, 32) if ip_version == 4 else (AF_INET6, 128)
    blocks = sorted(_block(cidr, family, bits) for cidr in cidrs if (":" in cidr) == (ip_version == 6))
    kept: list[tuple[int, int]] = []
    for first, size in ((first, -negative) for first, negative in blocks):
        if kept and first < kept[-1][0] + kept[-1][1]:
            continue
        while kept and size < 1 << (bits - 1) and kept[-1] == (first - size, size) and kept[-1][0] % (2 * size) == 0:
            first, size = kept.pop()[0], 2 * size
        kept.append((first, size))
    written = IPv4Address if ip_version == 4 else IPv6Address
    halves = [(0, 1 << (bits - 1)), (1 << (bits - 1), 1 << (bits - 1))] if kept == [(0, 1 << bits)] else kept
    return [f"{written(first)}/{bits - size.bit_length() + 1}" for first, size in halves]


def _block(cidr: str, family: int, bits: int) -> tuple[int, int]:
    """(first address, size with the sign turned): of those that begin alike the largest sorts first."""
    address, _, length = cidr.partition("/")
    return int.from_bytes(inet_pton(family, address)), -(1 << (bits - int(length)))
