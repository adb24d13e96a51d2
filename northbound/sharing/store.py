"""Grants in PostgreSQL. `shared` of a resource is nothing but its grant to every project.

A grant is counted in the quota of its own project; PostgreSQL gives it back, whoever deletes it (migration 0080).
"""

from pathlib import Path

from northbound.quotas import store as quotas
from northbound.sharing.shareable import Shareable
from northbound.sharing.visibility import EVERYONE, SHARED, visible
from northbound.translation import marks
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")
RESOURCE = "rbac_policy"


async def set_shared(
    conn: Connection, kind: str, object_id: str, project_id: str, shared: bool, action: str = SHARED
) -> None:
    """Grants the action to every project, or takes that grant away; idempotent, and beside the limit.

    `project_id` is the owner's. Whether somebody still uses the resource is the caller's question (`is_needed`).
    """
    grant = {"object_type": kind, "object_id": object_id, "action": action, "target_project": EVERYONE}
    if not shared:
        await SQL.delete_grant(conn, **grant)
    elif await SQL.insert_grant(conn, project_id=project_id, **grant):
        await quotas.count(conn, project_id, RESOURCE)


async def withdraw_all(conn: Connection, kind: str, object_id: str, action: str) -> None:
    """Takes every grant of the action away."""
    await SQL.delete_grants(conn, object_type=kind, object_id=object_id, action=action)


async def lock_object(conn: Connection, shareable: Shareable, object_id: str, reach: str | None) -> str:
    """The project that owns the object; nobody comes to use it, or changes its grants, until the transaction ends.

    Raises what `missing` makes when `reach` (see `Caller.reach`) may not see it.
    """
    sql = f"SELECT t.project_id FROM {shareable.table} t WHERE t.id = $1"
    seen = visible(shareable.kind, "t", *shareable.users).format("$2")
    arguments = [object_id] if reach is None else [object_id, reach]
    project_id = await conn.fetchval(f"{sql}{'' if reach is None else f' AND ({seen})'} FOR UPDATE", *arguments)
    if project_id is None:
        raise shareable.missing(object_id)
    return project_id


async def is_needed(
    conn: Connection, shareable: Shareable, object_id: str, project_id: str, action: str, target: str
) -> bool:
    """Whether another project than the owner's uses the object by a grant to `target` that is not there (any more),
    and has no other grant. The caller holds the object's row locked."""
    sql = (
        f"SELECT EXISTS (SELECT FROM ({shareable.users[action]}) AS users"
        " WHERE users.project_id <> $2 AND $3 IN ('*', users.project_id) AND NOT EXISTS ("
        "SELECT FROM northbound.rbac_policies g WHERE g.object_type = $4 AND g.object_id = $1 AND g.action = $5"
        " AND g.target_project IN ('*', users.project_id)))"
    )
    return await conn.fetchval(sql, object_id, project_id, target, shareable.kind, action)


async def grants_changed(conn: Connection, shareable: Shareable, object_id: str) -> None:
    """Raises the object's revision and marks whose plan reads its grants."""
    await conn.execute(
        f"UPDATE {shareable.table} SET revision_number = revision_number + 1, updated_at = now() WHERE id = $1",
        object_id,
    )
    if shareable.owner_kind:
        await marks.mark(conn, shareable.owner_kind, object_id)
