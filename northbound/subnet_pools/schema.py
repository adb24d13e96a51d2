"""The bodies of the subnet pools API, and how a pool is shown."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from northbound.nouns.noun import standard
from northbound.projects import Owned
from northbound.subnet_pools.subnet_pool import SubnetPool
from runtime.attributes import Body, Cidr, Description, Name, Tag, Uuid, restricted

DecimalText = Annotated[str, Meta(pattern=r"^[0-9]{1,9}\Z")]
PrefixLength = Annotated[int, Meta(ge=0, le=128)] | DecimalText
Quota = Annotated[int, Meta(ge=0, le=2**31 - 1)] | DecimalText | None
Prefixes = Annotated[list[Cidr], Meta(max_length=256)]
SHARED = restricted("network:set_subnetpool:shared")
DEFAULT = restricted("network:set_subnetpool:is_default")


class PoolDraft(Owned, kw_only=True):
    name: Name = ""
    description: Description = ""
    prefixes: Prefixes
    min_prefixlen: PrefixLength | UnsetType = UNSET
    max_prefixlen: PrefixLength | UnsetType = UNSET
    default_prefixlen: PrefixLength | UnsetType = UNSET
    default_quota: Quota | UnsetType = UNSET
    is_default: Annotated[bool, DEFAULT] | UnsetType = UNSET
    shared: Annotated[bool, SHARED] | UnsetType = UNSET
    address_scope_id: Uuid | None | UnsetType = UNSET
    tags: Annotated[list[Tag], Meta(max_length=50)] = []


class CreatePool(Body):
    subnetpool: PoolDraft | UnsetType = UNSET
    subnetpools: list[PoolDraft] | UnsetType = UNSET


class PoolChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    prefixes: Prefixes | UnsetType = UNSET
    min_prefixlen: PrefixLength | UnsetType = UNSET
    max_prefixlen: PrefixLength | UnsetType = UNSET
    default_prefixlen: PrefixLength | UnsetType = UNSET
    default_quota: Quota | UnsetType = UNSET
    is_default: Annotated[bool, DEFAULT] | UnsetType = UNSET
    address_scope_id: Uuid | None | UnsetType = UNSET


class UpdatePool(Body):
    subnetpool: PoolChanges


class ChangePrefixes(Body):
    prefixes: Prefixes


class OnboardSubnets(Body):
    network_id: Uuid


def render_pool(pool: SubnetPool) -> dict[str, Any]:
    """Prefix lengths are text, as upstream shows them."""
    names = (
        *("name", "description", "ip_version", "prefixes", "default_quota", "is_default", "shared"),
        *("address_scope_id", "tags"),
    )
    lengths = ("min_prefixlen", "max_prefixlen", "default_prefixlen")
    return standard(pool, *names) | {name: str(getattr(pool, name)) for name in lengths}
