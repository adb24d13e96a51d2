"""Assignments in PostgreSQL: a user or a group, a role, and a project, a domain or the system."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from identity.tokens.claims import DomainScope, ProjectScope, Scope
from runtime.database import Connection, naming, queries
from runtime.errors import NotFound

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))


class Place(Struct, frozen=True, kw_only=True):
    """Where roles are given: to one user or to one group, on a target or (inherited) on each project below it."""

    scope: Scope
    user_id: str | None = None
    group_id: str | None = None
    inherited: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "group_id": self.group_id,
            "project_id": self.scope.id if isinstance(self.scope, ProjectScope) else None,
            "domain_id": self.scope.id if isinstance(self.scope, DomainScope) else None,
            "inherited": self.inherited,
        }


class AssignmentNotFound(NotFound):
    def __init__(self, role_id: str) -> None:
        super().__init__(f"Could not find role assignment with role: {role_id[:64]}.")


async def insert_assignment(connection: Connection, place: Place, role_id: str) -> None:
    """Idempotent. Raises NotFound when role, user, group or target went away meanwhile.

    What a mapping gave just there stays even when the mapping gives it no longer. That is a statement of its own, so that
    it sees what a login wrote for which the first one had to wait.
    """
    gone = {
        f"assignments_{what}": lambda what=what: NotFound(f"Could not find {what}.")
        for what in ("role", "user", "group", "project", "domain")
    }
    with naming(gone):
        await sql.insert_assignment(connection, role_id=role_id, **place.columns)
    if place.user_id is not None and isinstance(place.scope, ProjectScope) and not place.inherited:
        await sql.forget_federated_grant(connection, role_id=role_id, user_id=place.user_id, project_id=place.scope.id)


async def has_assignment(connection: Connection, place: Place, role_id: str) -> bool:
    """Whether the role was given just there."""
    return await sql.has_assignment(connection, role_id=role_id, **place.columns)


async def select_roles(connection: Connection, place: Place) -> list[Row]:
    """The roles given just there, by name."""
    return [row async for row in sql.select_roles(connection, **place.columns)]


async def delete_assignment(connection: Connection, place: Place, role_id: str) -> None:
    """Raises AssignmentNotFound."""
    if await sql.delete_assignment(connection, role_id=role_id, **place.columns) is None:
        raise AssignmentNotFound(role_id)


async def select_role_ids(
    connection: Connection, user_id: str, scope: Scope, group_ids: Sequence[str] = ()
) -> tuple[str, ...]:
    """The roles that a user holds there, themselves, through groups and by inheritance; not those they imply.

    `group_ids` are groups that count beside the user's own. There are none on a project below a disabled one.
    """
    columns = Place(scope=scope, user_id=user_id).columns
    rows = sql.select_role_ids(
        connection,
        user_id=user_id,
        group_ids=list(group_ids),
        project_id=columns["project_id"],
        domain_id=columns["domain_id"],
    )
    return tuple(sorted([row["role_id"] async for row in rows]))


async def find_grant_target(connection: Connection, place: Mapping[str, str]) -> dict[str, Any]:
    """What policy compares of a grant, by the ids of its path; None for what does not exist."""
    names = ("user_id", "group_id", "project_id", "domain_id", "role_id")
    return dict(await sql.find_grant_target(connection, **{name: place.get(name) for name in names}))
