"""The addresses of a group as clients write them, in the one form that is kept: CIDRs without host bits. Pure."""

from collections.abc import Iterable, Sequence
from ipaddress import collapse_addresses, ip_address, ip_network, summarize_address_range

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
    """The addresses of one family as few CIDRs that do not overlap.

    Every address at once is written as its two halves: OVN takes a mask of zero bits for no mask.
    """
    networks = [network for network in map(ip_network, cidrs) if network.version == ip_version]
    whole = list(collapse_addresses(networks))
    halves = [half for network in whole for half in (network.subnets() if network.prefixlen == 0 else [network])]
    return [str(half) for half in halves]
