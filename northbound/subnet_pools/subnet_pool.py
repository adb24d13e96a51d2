"""A subnet pool as PostgreSQL holds it, and what can be wrong with one."""

from datetime import datetime

from msgspec import Struct

from northbound.subnet_pools.prefixes import MOST_PREFIXES
from runtime.errors import BadRequest, Conflict, NotFound, OverQuota

ADDRESS_BITS = {4: 32, 6: 128}


class SubnetPool(Struct, frozen=True, kw_only=True):
    """`prefixes` are canonical, in order, and share no address.

    `default_quota` is what the subnets of one project may take, in addresses (IPv4) or /64s (IPv6); None: no limit.
    """

    id: str
    project_id: str
    name: str
    description: str
    ip_version: int
    prefixes: list[str]
    min_prefixlen: int
    max_prefixlen: int
    default_prefixlen: int
    default_quota: int | None = None
    is_default: bool = False
    shared: bool = False
    address_scope_id: str | None = None
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class SubnetPoolNotFound(NotFound):
    def __init__(self, pool_id: str) -> None:
        super().__init__(f"Subnet pool {pool_id} could not be found.")


class SubnetPoolInUse(Conflict):
    def __init__(self, pool_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on subnet pool {pool_id}. Subnet pool has existing allocations."
        )


class EmptySubnetPoolPrefixList(BadRequest):
    def __init__(self) -> None:
        super().__init__("Empty subnet pool prefix list (prefixes).")


class PrefixVersionMismatch(BadRequest):
    def __init__(self) -> None:
        super().__init__("Cannot mix IPv4 and IPv6 prefixes in a subnet pool (prefixes).")


class UnsupportedMinSubnetPoolPrefix(BadRequest):
    def __init__(self, prefixlen: int, ip_version: int) -> None:
        super().__init__(f"Prefix '{prefixlen}' not supported in IPv{ip_version} pool (min_prefixlen).")


class IllegalSubnetPoolPrefixBounds(BadRequest):
    def __init__(self, name: str, prefixlen: int, base: str, base_prefixlen: int) -> None:
        super().__init__(f"Illegal prefix bounds: {name}={prefixlen}, {base}={base_prefixlen}.")


class IllegalSubnetPoolPrefixUpdate(BadRequest):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Illegal update to prefixes: {reason}.")


class TooManyPrefixes(BadRequest):
    kind = "InvalidInput"

    def __init__(self) -> None:
        super().__init__(
            f"Invalid input for prefixes: a subnet pool has at most {MOST_PREFIXES}, however they are cut."
        )


class IllegalSubnetPoolUpdate(BadRequest):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Illegal subnetpool update : {reason}.")


class IllegalSubnetPoolAssociationToAddressScope(BadRequest):
    """`target` is who the pool is shared with and the scope is not; `*` is every project."""

    def __init__(self, pool_id: str, scope_id: str, target: str) -> None:
        super().__init__(
            f"Illegal subnetpool association: subnetpool {pool_id} cannot be associated with address scope {scope_id}"
            f" (address_scope_id): the pool is shared with {'every project' if target == '*' else target}, the scope is"
            " not."
        )


class IllegalSubnetPoolIpVersionAssociationToAddressScope(BadRequest):
    def __init__(self, pool_id: str, scope_id: str, ip_version: int) -> None:
        super().__init__(
            f"Illegal subnetpool association: subnetpool {pool_id} cannot associate with address scope {scope_id}"
            f" because subnetpool ip_version is not {ip_version} (address_scope_id)."
        )


class AddressScopePrefixConflict(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."
        )


class SubnetAllocationError(Conflict):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Failed to allocate subnet: {reason}.")


class MinPrefixSubnetAllocationError(BadRequest):
    def __init__(self, prefixlen: int, bound: int) -> None:
        super().__init__(
            f"Unable to allocate subnet with prefix length {prefixlen}, minimum allowed prefix is {bound} (prefixlen)."
        )


class MaxPrefixSubnetAllocationError(BadRequest):
    def __init__(self, prefixlen: int, bound: int) -> None:
        super().__init__(
            f"Unable to allocate subnet with prefix length {prefixlen}, maximum allowed prefix is {bound} (prefixlen)."
        )


class SubnetPoolQuotaExceeded(OverQuota):
    def __init__(self) -> None:
        super().__init__("Per-project subnet pool prefix quota exceeded.")


class NetworkSubnetPoolAffinityError(BadRequest):
    def __init__(self) -> None:
        super().__init__("Subnets hosted on the same network must be allocated from the same subnet pool.")


class NetworkAddressScopeAffinityError(BadRequest):
    def __init__(self) -> None:
        super().__init__("Subnets hosted on the same network must be of the same address scope (subnetpool_id).")
