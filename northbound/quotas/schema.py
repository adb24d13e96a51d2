"""The bodies of the quotas API."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from runtime.attributes import Body

Limit = Annotated[int, Meta(ge=-1, le=2**31 - 1)] | UnsetType


class Limits(Body):
    network: Limit = UNSET
    subnet: Limit = UNSET
    port: Limit = UNSET
    router: Limit = UNSET
    floatingip: Limit = UNSET
    security_group: Limit = UNSET
    security_group_rule: Limit = UNSET
    rbac_policy: Limit = UNSET


class WantedLimits(Limits):
    """`check_limit`: refuse a limit below what is used. `force` says the opposite, which is the default."""

    check_limit: bool = False
    force: bool = False


class UpdateQuota(Body):
    quota: WantedLimits
