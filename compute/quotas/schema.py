"""The body of a quota change. Limits that this cloud does not count cannot be set."""

from typing import Annotated

from msgspec import Meta

from compute.quotas.defaults import LARGEST_LIMIT
from runtime.attributes import Body

Limit = Annotated[int, Meta(ge=-1, le=LARGEST_LIMIT)]


class QuotaChange(Body):
    """`force` sets a limit below what is in use; without it that is refused."""

    instances: Limit | None = None
    cores: Limit | None = None
    ram: Limit | None = None
    force: bool = False
    tenant_id: str | None = None


class UpdateQuota(Body):
    quota_set: QuotaChange
