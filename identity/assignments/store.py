"""Assignments in PostgreSQL: a user, a role, and a project, a domain or the system."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.tokens.claims import DomainScope, ProjectScope, Scope
from runtime.database import Connection, naming, queries
from runtime.errors import NotFound

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))


class AssignmentNotFound(NotFound):
    def __init__(self, role_id: str) -> None:
        super().__init__(f"Could not find role assignment with role: {role_id[:64]}.")


def _target(scope: Scope) -> dict[str, str | None]:
    return {
        "project_id": scope.id if isinstance(scope, ProjectScope) else None,
        "domain_id": scope.id if isinstance(scope, DomainScope) else None,
    }


async def insert_assignment(connection: Connection, user_id: str, role_id: str, scope: Scope) -> None:
    """Idempotent. Raises NotFound when role, user or target went away meanwhile."""
    gone = {
        f"assignments_{what}": lambda what=what: NotFound(f"Could not find {what}.")
        for what in ("role", "user", "project", "domain")
    }
    with naming(gone):
        await sql.insert_assignment(connection, role_id=role_id, user_id=user_id, **_target(scope))


async def select_role_ids(connection: Connection, user_id: str, scope: Scope) -> tuple[str, ...]:
    """The roles assigned to the user there, in a stable order, without those they imply."""
    rows = sql.select_role_ids(connection, user_id=user_id, **_target(scope))
    return tuple(sorted([row["role_id"] async for row in rows]))


async def select_roles(connection: Connection, user_id: str, scope: Scope) -> list[Row]:
    """The same as rows of roles, by name."""
    return [row async for row in sql.select_roles(connection, user_id=user_id, **_target(scope))]


async def delete_assignment(connection: Connection, user_id: str, role_id: str, scope: Scope) -> None:
    """Raises AssignmentNotFound."""
    gone = await sql.delete_assignment(connection, role_id=role_id, user_id=user_id, **_target(scope))
    if gone is None:
        raise AssignmentNotFound(role_id)


async def select_assignments(
    connection: Connection,
    *,
    most: int,
    user_id: str | None = None,
    role_ids: list[str] | None = None,
    project_id: str | None = None,
    domain_id: str | None = None,
    on_system: bool = False,
) -> list[Row]:
    """At most `most` assignments with the names of all that they join; None filters nothing."""
    rows = sql.select_assignments(
        connection,
        user_id=user_id,
        role_ids=role_ids,
        project_id=project_id,
        domain_id=domain_id,
        on_system=on_system,
        most=most,
    )
    return [row async for row in rows]
