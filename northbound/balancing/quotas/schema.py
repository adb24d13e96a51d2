"""The body of quotas: Octavia's names, the old spellings among them."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from northbound.quotas.store import Quota
from runtime.attributes import Body

Limit = Annotated[int, Meta(ge=-1, le=2**31 - 1)] | None | UnsetType
SPELLINGS = {"loadbalancer": "load_balancer", "healthmonitor": "health_monitor"}
ABSENT = ("l7policy", "l7rule")
"""OVN has none of these: their quota is 0 whoever says what."""


class Limits(Body):
    """null: back to the default."""

    load_balancer: Limit = UNSET
    loadbalancer: Limit = UNSET
    listener: Limit = UNSET
    pool: Limit = UNSET
    member: Limit = UNSET
    health_monitor: Limit = UNSET
    healthmonitor: Limit = UNSET


class UpdateQuota(Body):
    quota: Limits


def parse_limits(body: Limits) -> dict[str, int | None]:
    found = {name: getattr(body, name) for name in body.__struct_fields__ if getattr(body, name) is not UNSET}
    return {SPELLINGS.get(name, name): limit for name, limit in found.items()}


def render_quota(quotas: list[Quota]) -> dict[str, int]:
    return {**{quota.resource: quota.limit for quota in quotas}, **dict.fromkeys(ABSENT, 0)}
