"""A subnet pool from what the caller said: defaults, and what contradicts itself. Pure."""

import ipaddress
import uuid
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from northbound.networks.network import InvalidInput
from northbound.subnet_pools.prefixes import covers, merged
from northbound.subnet_pools.schema import PoolChanges, PoolDraft
from northbound.subnet_pools.subnet_pool import (
    ADDRESS_BITS,
    EmptySubnetPoolPrefixList,
    IllegalSubnetPoolPrefixBounds,
    IllegalSubnetPoolPrefixUpdate,
    PrefixVersionMismatch,
    SubnetPool,
    UnsupportedMinSubnetPoolPrefix,
)

SHORTEST = {4: 8, 6: 64}
"""The default min_prefixlen."""


def draft_pool(body: PoolDraft, project_id: str) -> SubnetPool:
    prefixes = read_prefixes(body.prefixes)
    if not prefixes:
        raise EmptySubnetPoolPrefixList
    version = ipaddress.ip_network(prefixes[0]).version
    shortest = _length(body.min_prefixlen, SHORTEST[version])
    pool = SubnetPool(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=body.name,
        description=body.description,
        ip_version=version,
        prefixes=prefixes,
        min_prefixlen=shortest,
        max_prefixlen=_length(body.max_prefixlen, ADDRESS_BITS[version]),
        default_prefixlen=_length(body.default_prefixlen, shortest),
        default_quota=None if body.default_quota in (UNSET, None) else int(body.default_quota),
        is_default=body.is_default is True,
        shared=body.shared is True,
        address_scope_id=str(body.address_scope_id) if body.address_scope_id else None,
        tags=body.tags,
    )
    _check_bounds(pool)
    return pool


def read_prefixes(said: Sequence[str]) -> list[str]:
    """Merged; raises PrefixVersionMismatch, or InvalidInput for what is no range of hosts."""
    networks = [ipaddress.ip_network(prefix) for prefix in said]
    if len({network.version for network in networks}) > 1:
        raise PrefixVersionMismatch
    for network in networks:
        if network.is_multicast or network.is_loopback or network.prefixlen == 0:
            raise InvalidInput(f"prefixes: {network} cannot be used for subnets.")
    return merged(said)


def change_pool(pool: SubnetPool, changes: PoolChanges) -> SubnetPool:
    """The pool as it will be. Prefixes may only grow this way; `remove_prefixes` takes some away."""
    said: dict[str, object] = {
        name: value for name in ("name", "description", "is_default") if (value := getattr(changes, name)) is not UNSET
    }
    for name in ("min_prefixlen", "max_prefixlen", "default_prefixlen"):
        if (value := getattr(changes, name)) is not UNSET:
            said[name] = int(value)
    if changes.default_quota is not UNSET:
        said["default_quota"] = None if changes.default_quota is None else int(changes.default_quota)
    if changes.address_scope_id is not UNSET:
        said["address_scope_id"] = str(changes.address_scope_id) if changes.address_scope_id else None
    after = msgspec.structs.replace(pool, **said)
    if changes.prefixes is not UNSET:
        after = _grown(after, read_prefixes(changes.prefixes))
    _check_bounds(after)
    return after


def _grown(pool: SubnetPool, prefixes: list[str]) -> SubnetPool:
    if not all(covers(prefixes, prefix) for prefix in pool.prefixes):
        raise IllegalSubnetPoolPrefixUpdate("Existing prefixes must be a subset of the new prefixes")
    return with_prefixes(pool, prefixes)


def with_prefixes(pool: SubnetPool, prefixes: Sequence[str]) -> SubnetPool:
    """The pool with other prefixes; raises EmptySubnetPoolPrefixList, PrefixVersionMismatch."""
    if not prefixes:
        raise EmptySubnetPoolPrefixList
    if ipaddress.ip_network(prefixes[0]).version != pool.ip_version:
        raise PrefixVersionMismatch
    return msgspec.structs.replace(pool, prefixes=list(prefixes))


def _check_bounds(pool: SubnetPool) -> None:
    longest = ADDRESS_BITS[pool.ip_version]
    if pool.min_prefixlen > longest:
        raise UnsupportedMinSubnetPoolPrefix(pool.min_prefixlen, pool.ip_version)
    ordered = [
        ("max_prefixlen", pool.max_prefixlen, f"ipv{pool.ip_version}_max_prefixlen", longest),
        ("min_prefixlen", pool.min_prefixlen, "max_prefixlen", pool.max_prefixlen),
        ("default_prefixlen", pool.default_prefixlen, "max_prefixlen", pool.max_prefixlen),
    ]
    for name, length, base, bound in ordered:
        if length > bound:
            raise IllegalSubnetPoolPrefixBounds(name, length, base, bound)
    if pool.default_prefixlen < pool.min_prefixlen:
        raise IllegalSubnetPoolPrefixBounds(
            "default_prefixlen", pool.default_prefixlen, "min_prefixlen", pool.min_prefixlen
        )


def _length(said: int | str | object, default: int) -> int:
    return default if said is UNSET else int(said)  # type: ignore[call-overload]
