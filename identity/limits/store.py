"""Limits in PostgreSQL.

In the strict model, what was written is compared with what stands above and below it, before it is committed. Whoever
writes limits is alone in that: two that are in order each by itself cannot be out of order together.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from identity.domains.store import find_domain
from identity.limits.models import Model
from identity.nouns.table import Row, Table, no_such
from runtime.database import Connection, queries
from runtime.errors import BadRequest, Conflict, Forbidden
from runtime.web.listing import Attribute, Listing

sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.listed_limits",
    {name: Attribute(name) for name in ("id", "service_id", "region_id", "resource_name", "project_id", "domain_id")},
)
LIMITS = Table(
    name="identity.limits",
    noun="limit",
    listing=LISTING,
    columns=("registered_limit_id", "project_id", "domain_id", "resource_limit", "description"),
    refusals={
        "limits_once": lambda row: Conflict(
            "Conflict occurred attempting to store limit - Duplicate entry found with name"
            f" {row['resource_name']} of {row['project_id'] or row['domain_id']}."
        ),
        "limits_project": no_such("limit.project_id", "project"),
        "limits_domain": no_such("limit.domain_id", "domain"),
    },
)


async def insert_limits(connection: Connection, drafts: Sequence[Mapping[str, Any]], model: Model) -> list[Row]:
    """The new limits, in the order of the drafts; all or none."""
    await sql.lock_all(connection)
    ids = [(await _insert(connection, draft))["id"] for draft in drafts]
    await _check(connection, model, ids)
    return [await fetch_limit(connection, limit_id) for limit_id in ids]


async def _insert(connection: Connection, draft: Mapping[str, Any]) -> Row:
    """Holds the registered limit, which neither changes nor goes meanwhile."""
    registered = await sql.lock_registered_limit(
        connection,
        service_id=draft["service_id"],
        region_id=draft["region_id"],
        resource_name=draft["resource_name"],
    )
    if registered is None:
        raise BadRequest("Unable to create a limit that has no corresponding registered limit.")
    target = {"registered_limit_id": registered}
    if draft["project_id"] and await find_domain(connection, draft["project_id"]):
        target |= {"project_id": None, "domain_id": draft["project_id"]}
    return await LIMITS.insert(connection, {**draft, **target})


async def fetch_limit(connection: Connection, limit_id: str) -> Row:
    """Raises NotFound."""
    if (row := await sql.find_limit(connection, id=limit_id)) is None:
        raise LIMITS.missing(limit_id)
    return row


async def update_limit(connection: Connection, limit_id: str, changes: Row, model: Model) -> Row:
    await sql.lock_all(connection)
    await LIMITS.update(connection, limit_id, changes)
    await _check(connection, model, [limit_id])
    return await fetch_limit(connection, limit_id)


async def delete_limit(connection: Connection, limit_id: str, model: Model) -> None:
    """Without a limit of their domain, projects stand below the registered one."""
    await sql.lock_all(connection)
    row = await fetch_limit(connection, limit_id)
    await LIMITS.delete(connection, limit_id)
    await _check(connection, model, [], row)


async def _check(connection: Connection, model: Model, ids: Sequence[str], gone: Row | None = None) -> None:
    """Raises Forbidden when one of these limits, or what stands below them or below the one that is gone, is too high."""
    if model == "flat":
        return
    excess = await sql.find_excess(
        connection,
        ids=list(ids),
        registered_limit_id=gone and gone["registered_limit_id"],
        domain_id=gone and gone["domain_id"],
    )
    if excess is not None:
        raise Forbidden(
            f"Invalid resource limit: The resource limit (project_id: {excess['project_id']},"
            f" resource_name: {excess['resource_name']}, resource_limit: {excess['resource_limit']},"
            f" service_id: {excess['service_id']}, region_id: {excess['region_id']}) doesn't satisfy current hierarchy"
            f" model: its domain {excess['owner_domain_id']} may have {excess['ceiling']}."
        )
