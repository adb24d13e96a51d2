"""Grants in PostgreSQL. `shared` of a resource is nothing but its grant to every project."""

from pathlib import Path

from northbound.sharing.visibility import EVERYONE, SHARED
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def set_shared(
    conn: Connection, kind: str, object_id: str, project_id: str, shared: bool, action: str = SHARED
) -> None:
    """Grants the action to every project, or takes that grant away; idempotent.

    `project_id` is the owner's. Whether somebody still uses the resource is the caller's question.
    """
    grant = {"object_type": kind, "object_id": object_id, "action": action, "target_project": EVERYONE}
    if shared:
        await SQL.insert_grant(conn, project_id=project_id, **grant)
    else:
        await SQL.delete_grant(conn, **grant)
