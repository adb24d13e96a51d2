"""Quotas in PostgreSQL: counted by guarded updates, in the transaction that makes or ends what is counted."""

from pathlib import Path
from typing import NamedTuple

import asyncpg

from compute.quotas.defaults import CORES, INSTANCES, LARGEST_LIMIT, RAM_MB, UNLIMITED
from compute.quotas.problems import QuotaExceeded
from runtime.database import Connection, queries

SQL = queries(Path(__file__).with_name("queries.sql"))


class Holding(NamedTuple):
    """A number of servers and what they take together."""

    servers: int
    cores: int
    ram_mb: int

    def times(self, count: int) -> "Holding":
        return Holding(*(part * count for part in self))


class Quota(NamedTuple):
    """A limit of -1 is none."""

    limits: Holding
    used: Holding

    def room_for(self, each: Holding) -> int:
        """How often `each` still fits, zero at least; what has no limit does not count."""
        rooms = [
            (limit - used) // part
            for limit, used, part in zip(self.limits, self.used, each, strict=True)
            if limit != UNLIMITED and part > 0
        ]
        return max(0, min(rooms, default=LARGEST_LIMIT))


async def hold(conn: Connection, project_id: str, wanted: Holding) -> None:
    """Counts `wanted`; holds the project's row until the transaction ends.

    Raises QuotaExceeded, naming what is exceeded.
    """
    await SQL.ensure(conn, project_id=project_id)
    held = await SQL.hold(
        conn,
        project_id=project_id,
        **wanted._asdict(),
        instances_default=INSTANCES,
        cores_default=CORES,
        ram_default_mb=RAM_MB,
    )
    if held is None:
        raise QuotaExceeded(describe_excess(await fetch(conn, project_id), wanted))


async def release(conn: Connection, project_id: str, given_back: Holding) -> None:
    await SQL.release(conn, project_id=project_id, **given_back._asdict())


async def fetch(conn: Connection, project_id: str) -> Quota:
    """What a project may hold and holds; the defaults and nothing for one that was never seen."""
    row = await SQL.find(conn, project_id=project_id)
    return _quota(row) if row else Quota(Holding(INSTANCES, CORES, RAM_MB), Holding(0, 0, 0))


def _quota(row: asyncpg.Record) -> Quota:
    def limit(column: str, default: int) -> int:
        return default if row[column] is None else row[column]

    return Quota(
        Holding(limit("instances_limit", INSTANCES), limit("cores_limit", CORES), limit("ram_limit_mb", RAM_MB)),
        Holding(row["instances_used"], row["cores_used"], row["ram_used_mb"]),
    )


async def set_limits(
    conn: Connection, project_id: str, *, instances: int | None, cores: int | None, ram_mb: int | None
) -> Quota:
    """Changes the limits that are given; None leaves one as it is."""
    return _quota(await SQL.set_limits(conn, project_id=project_id, instances=instances, cores=cores, ram_mb=ram_mb))


async def forget_limits(conn: Connection, project_id: str) -> None:
    """Puts a project back to the defaults."""
    await SQL.forget_limits(conn, project_id=project_id)


def describe_excess(quota: Quota, wanted: Holding) -> str:
    """Words for a caller who wants too much: each resource with what was asked, used and allowed."""
    words = {"servers": "instances", "cores": "cores", "ram_mb": "ram"}
    over = [
        field
        for field in Holding._fields
        if getattr(quota.limits, field) != UNLIMITED
        and getattr(quota.used, field) + getattr(wanted, field) > getattr(quota.limits, field)
    ]
    names, asked, used, limits = (
        ", ".join(parts)
        for parts in (
            [words[field] for field in over],
            [str(getattr(wanted, field)) for field in over],
            [str(getattr(quota.used, field)) for field in over],
            [str(getattr(quota.limits, field)) for field in over],
        )
    )
    return f"Quota exceeded for {names}: Requested {asked}, but already used {used} of {limits} {names}"
