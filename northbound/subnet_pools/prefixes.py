"""Prefixes of a pool: merging them, and cutting subnets from them. Pure.

Texts are canonical CIDRs of one IP version.
"""

import bisect
import ipaddress
from collections.abc import Iterable, Sequence

import netaddr

MOST_PREFIXES = 1000
"""Of one pool."""
QUOTA_UNIT_BITS = {4: 32, 6: 64}
"""The prefix length of what a quota counts."""


def merged(prefixes: Iterable[str]) -> list[str]:
    """The same addresses in as few prefixes as possible, in order."""
    return [str(network) for network in netaddr.cidr_merge([netaddr.IPNetwork(prefix) for prefix in prefixes])]


def without(prefixes: Iterable[str], removed: Iterable[str]) -> list[str]:
    """What is left of the prefixes, in order. Once that is in more pieces than a pool may have, the rest of `removed`,
    each of which may make hundreds of one, is not looked at."""
    left = [ipaddress.ip_network(prefix) for prefix in prefixes]
    for gone in map(ipaddress.ip_network, merged(removed)):
        if len(left) > MOST_PREFIXES:
            break
        first, last = gone.network_address, gone.broadcast_address
        touched = [n for n in left if n.network_address <= last and first <= n.broadcast_address]
        pieces = [piece for n in touched if gone != n and gone.subnet_of(n) for piece in n.address_exclude(gone)]
        left = [*(n for n in left if n not in touched), *pieces]
    return [str(network) for network in sorted(left)]


def covers(prefixes: Iterable[str], wanted: str) -> bool:
    """Whether every address of `wanted` lies in the prefixes, which are merged."""
    network = ipaddress.ip_network(wanted)
    return any(_holds(ipaddress.ip_network(prefix), network) for prefix in prefixes)


def _holds(outer: ipaddress.IPv4Network | ipaddress.IPv6Network, inner: object) -> bool:
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[attr-defined]


def overlaps(one: str, other: str) -> bool:
    first, second = ipaddress.ip_network(one), ipaddress.ip_network(other)
    return first.version == second.version and first.overlaps(second)


def choose_free(prefixes: Sequence[str], taken: Iterable[str], length: int) -> str | None:
    """The first prefix of that length that overlaps none of `taken`; None when the pool is used up.

    The smallest prefixes are cut first, so that large ones stay whole for who needs them.
    """
    spans = sorted(_span(cidr) for cidr in taken)
    for prefix in sorted(prefixes, key=lambda text: -ipaddress.ip_network(text).prefixlen):
        network = ipaddress.ip_network(prefix)
        if network.prefixlen <= length and (found := _first_gap(network, spans, length)) is not None:
            return str(type(network)((found, length)))
    return None


def _first_gap(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network, spans: Sequence[tuple[int, int]], length: int
) -> int | None:
    """The lowest aligned start in the network; `spans` are (first, last), sorted, and do not overlap."""
    size = 1 << (network.max_prefixlen - length)
    start, last = int(network.network_address), int(network.broadcast_address)
    for low, high in spans[max(0, bisect.bisect_left(spans, (start, 0)) - 1) :]:
        if low > last or start + size <= low:
            break
        if high >= start:
            start = -(-(high + 1) // size) * size
    return start if start + size - 1 <= last else None


def _span(cidr: str) -> tuple[int, int]:
    network = ipaddress.ip_network(cidr)
    return int(network.network_address), int(network.broadcast_address)


def quota_units(cidr: str) -> int:
    """What a subnet takes of a quota: its addresses (IPv4), or its /64s (IPv6; a longer prefix counts as one)."""
    network = ipaddress.ip_network(cidr)
    return 1 << max(0, QUOTA_UNIT_BITS[network.version] - network.prefixlen)
