"""Quota counters: one guarded UPDATE in the transaction that inserts the rows, so that no race exceeds a limit.

`used` always equals the number of the project's rows: whoever inserts rows takes, whoever deletes them gives back, in
the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from runtime.database import Connection, queries
from runtime.errors import BadRequest, OverQuota

SQL = queries(Path(__file__).parent / "queries.sql")

DEFAULTS: Mapping[str, int] = {
    "network": 100,
    "subnet": 100,
    "subnetpool": 50,
    "address_scope": 50,
    "port": 500,
    "router": 10,
    "floatingip": 50,
    "security_group": 10,
    "security_group_rule": 100,
    "rbac_policy": 10,
    "address_group": 50,
    "qos_policy": 100,
    "trunk": 100,
}
BALANCING_DEFAULTS: Mapping[str, int] = {
    "load_balancer": 20,
    "listener": 100,
    "pool": 100,
    "member": 500,
    "health_monitor": 100,
}
"""What the load-balancer API counts, which has a quota API of its own."""

EVERY_DEFAULT: Mapping[str, int] = {**DEFAULTS, **BALANCING_DEFAULTS}
UNLIMITED = -1
MOST_LISTED = 1000
NOBODY = ""
"""The project of what is the cloud's own, such as the port of a router's gateway: it is never counted."""


class Quota(Struct, frozen=True):
    """`limit` -1 is no limit."""

    resource: str
    limit: int
    used: int


class InvalidQuotaValue(BadRequest):
    def __init__(self, quota: Quota) -> None:
        super().__init__(f"The limit of {quota.resource} is below what is used: {quota.used}.")


async def take(conn: Connection, project_id: str, resource: str, amount: int = 1) -> None:
    """Counts `amount` more; raises OverQuota when the project may not hold that many.

    The project's counters stay locked until the transaction ends: call it after the inserts that it counts.
    """
    if project_id == NOBODY:
        return
    taken = await SQL.take_quota(
        conn, project_id=project_id, resource=resource, amount=amount, default_limit=EVERY_DEFAULT[resource]
    )
    if not taken:
        raise over_quota(resource)


def over_quota(resource: str) -> OverQuota:
    return OverQuota(f"Quota exceeded for resources: ['{resource}'].")


async def count(conn: Connection, project_id: str, resource: str, amount: int = 1) -> None:
    """Counts `amount` more whatever the limit: for what a project has without having asked for it."""
    if project_id == NOBODY:
        return
    await SQL.count_quota(conn, project_id=project_id, resource=resource, amount=amount)


async def give_back(conn: Connection, project_id: str, resource: str, amount: int = 1) -> None:
    if project_id == NOBODY:
        return
    await SQL.return_quota(conn, project_id=project_id, resource=resource, amount=amount)


async def select_quotas(conn: Connection, project_id: str, *, defaults: Mapping[str, int] = DEFAULTS) -> list[Quota]:
    """Every resource's quota, in the order of `defaults`; a project that holds nothing has those."""
    return _quotas({row["resource"]: row async for row in SQL.select_quotas(conn, project_id=project_id)}, defaults)


async def select_own_limits(conn: Connection, *, defaults: Mapping[str, int] = DEFAULTS) -> dict[str, list[Quota]]:
    """The quotas of each project that has a limit of its own, at most MOST_LISTED projects, by project."""
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    async for row in SQL.select_own_limits(conn, most=MOST_LISTED, resources=list(defaults)):
        rows[row["project_id"]][row["resource"]] = row
    return {project_id: _quotas(by_resource, defaults) for project_id, by_resource in rows.items()}


def _quotas(rows: Mapping[str, Any], defaults: Mapping[str, int]) -> list[Quota]:
    found = []
    for resource, default in defaults.items():
        row = rows.get(resource)
        limit = default if row is None or row["allowed"] is None else row["allowed"]
        found.append(Quota(resource, limit, row["used"] if row else 0))
    return found


async def check_limits(conn: Connection, project_id: str, limits: Mapping[str, int]) -> None:
    """Raises InvalidQuotaValue when the project uses more already than one of the limits allows."""
    for quota in await select_quotas(conn, project_id):
        if quota.used > limits.get(quota.resource, UNLIMITED) != UNLIMITED:
            raise InvalidQuotaValue(quota)


async def set_quotas(conn: Connection, project_id: str, limits: Mapping[str, int | None]) -> None:
    """New limits, None for the default; a limit below what is used stands, and only refuses more."""
    for resource, allowed in limits.items():
        await SQL.set_quota(conn, project_id=project_id, resource=resource, allowed=allowed)


async def reset_quotas(conn: Connection, project_id: str, *, resources: Collection[str] = DEFAULTS) -> None:
    """Back to the defaults; what is used stays counted."""
    await SQL.reset_quotas(conn, project_id=project_id, resources=list(resources))
