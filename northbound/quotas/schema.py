"""The bodies of the quotas API. Every resource that is counted (`store.DEFAULTS`) has its limit there."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, defstruct

from northbound.quotas.store import DEFAULTS
from runtime.attributes import Body

Limit = Annotated[int, Meta(ge=-1, le=2**31 - 1)] | UnsetType

Limits = defstruct("Limits", [(resource, Limit, UNSET) for resource in DEFAULTS], bases=(Body,), kw_only=True)


class WantedLimits(Limits):
    """`check_limit`: refuse a limit below what is used. `force` says the opposite, which is the default."""

    check_limit: bool = False
    force: bool = False


class UpdateQuota(Body):
    quota: WantedLimits
