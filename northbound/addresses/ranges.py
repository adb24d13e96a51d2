"""Ranges of addresses inside a subnet: which pools a subnet has, and whether given ones fit. Pure."""

import ipaddress
import itertools
from collections.abc import Sequence
from typing import NamedTuple

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LARGEST_SIZE = 2**62
"""A pool's size is counted up to here: no pool that large is ever used up, and it fits a bigint."""


class Pool(NamedTuple):
    """Addresses `first` to `last`, both included; text in canonical spelling."""

    first: str
    last: str

    @property
    def addresses(self) -> int:
        """How many there are; IPv6 pools exceed what 64 bits hold."""
        return int(ipaddress.ip_address(self.last)) - int(ipaddress.ip_address(self.first)) + 1

    @property
    def size(self) -> int:
        return min(self.addresses, LARGEST_SIZE)

    def holds(self, ip: str) -> bool:
        return _number(self.first) <= _number(ip) <= _number(self.last)


def first_host(cidr: str) -> str | None:
    """The address that a gateway gets by default; None where the subnet is a single address."""
    network = ipaddress.ip_network(cidr)
    if network.num_addresses == 1:
        return None
    return str(network.network_address + (0 if _is_point_to_point(network) else 1))


def is_host(cidr: str, ip: str) -> bool:
    """Whether a port may have `ip` in this subnet: not the network's or the broadcast address."""
    network, address = ipaddress.ip_network(cidr), ipaddress.ip_address(ip)
    return address.version == network.version and _first(network) <= int(address) <= _last(network)


def default_pools(cidr: str, gateway_ip: str | None) -> list[Pool]:
    """Every host address but the gateway's: one pool, or two around the gateway; may be empty."""
    network = ipaddress.ip_network(cidr)
    first, last = _first(network), _last(network)
    gateway = int(ipaddress.ip_address(gateway_ip)) if gateway_ip and is_host(cidr, gateway_ip) else None
    spans = [(first, last)] if gateway is None else [(first, gateway - 1), (gateway + 1, last)]
    return [Pool(_text(network, low), _text(network, high)) for low, high in spans if low <= high]


def outside(cidr: str, pools: Sequence[Pool]) -> Pool | None:
    """The first pool that does not lie wholly inside the subnet's host addresses."""
    return next((pool for pool in pools if not (is_host(cidr, pool.first) and is_host(cidr, pool.last))), None)


def overlapping(pools: Sequence[Pool]) -> tuple[Pool, Pool] | None:
    """Two pools that share an address, if any do."""
    ordered = sorted(pools, key=lambda pool: _number(pool.first))
    for lower, upper in itertools.pairwise(ordered):
        if _number(upper.first) <= _number(lower.last):
            return lower, upper
    return None


def _number(ip: str) -> int:
    return int(ipaddress.ip_address(ip))


def _text(network: Network, number: int) -> str:
    return str(type(network.network_address)(number))


def _is_point_to_point(network: Network) -> bool:
    """RFC 3021 and RFC 6164: in a /31 and a /127 both addresses are hosts. So is the one of a /32 or /128."""
    return network.max_prefixlen - network.prefixlen <= 1


def _first(network: Network) -> int:
    return int(network.network_address) + (0 if _is_point_to_point(network) else 1)


def _last(network: Network) -> int:
    """The highest host; IPv6 has no broadcast address."""
    reserved = 0 if network.version == 6 or _is_point_to_point(network) else 1
    return int(network.broadcast_address) - reserved
