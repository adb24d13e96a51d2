"""A write that is tried and undone: what it would do is taken down while its transaction is still open.

    begin -> savepoint -> the handler's own statements -> plan of the owners marked, against what OVN holds
          -> back to the savepoint -> the same owners' plan as it is -> roll back

The plan, the difference and the order are those of applying it; only the commit never comes.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from identity.callers import caller_of
from northbound.previews.difference import describe
from northbound.previews.seen import Sight
from northbound.quotas.store import EVERY_DEFAULT
from northbound.translation import check, reachability
from northbound.translation.desired import Desired, in_order, read_desired
from northbound.translation.service import TRANSLATION
from runtime.database import Connection, queries
from runtime.errors import Unavailable
from runtime.web.keys import DATABASE
from southbound import external_ids
from southbound.ovsdb.difference import differences
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import Row

SQL = queries(Path(__file__).parent / "preview.sql")
PREVIEW = "northbound.preview"


@asynccontextmanager
async def rehearsing(request: web.Request) -> AsyncIterator[Connection]:
    """A transaction that leaves no trace; afterwards `request[PREVIEW]` says what it would have done.

    Raises Unavailable, before anything is tried, when what OVN holds is not known.
    """
    translation = request.app[TRANSLATION]
    async with translation.replica() as replica, request.app[DATABASE].rehearsal() as conn:
        trial = conn.transaction()
        await trial.start()
        yield conn
        reach = caller_of(request).reach
        owners = in_order([row["owner"] async for row in SQL.marked_owners(conn)], translation.kinds)
        sight = Sight(reach)
        await sight.learn(conn, owners, translation.kinds)
        after = await read_desired(conn, owners, translation.kinds)
        counted = [dict(row) async for row in SQL.counted(conn, reach=reach)]
        await trial.rollback()
        await sight.learn(conn, owners, translation.kinds)
        before = await read_desired(conn, owners, translation.kinds)
        request[PREVIEW] = {
            "northbound": _northbound(after, replica, sight),
            "quota": await _quota(conn, counted),
            "reachability": _reachability(before, after, replica, sight),
        }


def _northbound(after: Desired, replica: Replica, sight: Sight) -> dict[str, Any]:
    """The difference with OVN by table, what of it the caller may not see as a number, and owners that fail."""
    if not replica.complete:
        raise Unavailable("OVN's northbound database has just gone away; what would change in it is not known.")
    broken = check.violations(after.rows, replica)
    changes, refused = differences({owner: rows for owner, rows in after.rows.items() if owner not in broken}, replica)
    tables, hidden = sight.filter(describe(changes, replica))
    refused = {owner: reason for owner, reason in (after.unplanned | broken | refused).items() if sight.sees(owner)}
    return {"tables": tables, "hidden_rows": hidden, "refused": refused}


async def _quota(conn: Connection, counted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By project and resource what is used, before and after, where that differs."""
    projects, resources = [row["project_id"] for row in counted], [row["resource"] for row in counted]
    rows = [row async for row in SQL.used_before(conn, projects=projects, resources=resources)]
    used = {(row["project_id"], row["resource"]): row["used"] for row in rows}
    quota = []
    for row in counted:
        before = used.get((row["project_id"], row["resource"]), 0)
        if before != row["used"]:
            limit = EVERY_DEFAULT[row["resource"]] if row["limit"] is None else row["limit"]
            limits = {"limit": limit, "used_before": before, "used_after": row["used"]}
            quota.append({"project_id": row["project_id"], "resource": row["resource"], **limits})
    return quota


def _reachability(before: Desired, after: Desired, replica: Replica, sight: Sight) -> list[dict[str, Any]]:
    old, new = (list(_rows(desired, sight)) for desired in (before, after))
    groups = {row.inside[1] for row in [*old, *new] if row.table == "ACL" and row.inside is not None}
    return reachability.changes(old, new, {group: _members(group, replica, sight) for group in groups})


def _rows(desired: Desired, sight: Sight) -> Iterable[Row]:
    return (row for owner, rows in desired.rows.items() if sight.sees(owner) for row in rows)


def _members(group: str, replica: Replica, sight: Sight) -> list[str]:
    """Ids of the group's ports, as OVN has them, that the caller may see."""
    row = replica.find("Port_Group", group)
    ports = [replica.find("Logical_Switch_Port", uuid) for uuid in (row["ports"] if row else ())]
    return [
        str(port["name"])
        for port in ports
        if port is not None and sight.is_own(port["external_ids"].get(external_ids.PROJECT_ID))
    ]
