"""A user of the cloud as policy sees them: with the roles that they have somewhere, read from the database."""

from deploy.settings import ControlSettings
from identity.assignments.store import select_role_ids
from identity.callers import Caller
from identity.roles.store import read_graph
from identity.tokens.claims import DomainScope, ProjectScope, Scope, SystemScope
from runtime.database import Connection, Database
from runtime.errors import NotFound


async def read_caller(
    settings: ControlSettings, user: str, project: str | None, domain: str | None, *, system: bool
) -> Caller:
    """Whoever has a token of that scope. Raises NotFound for a user or project that is not there."""
    database = await Database.open(settings.database)
    try:
        async with database.snapshot() as connection:
            found = await _find(connection, "users", user, domain)
            scope, place = await _scope(connection, project, domain, system=system)
            role_ids = await select_role_ids(connection, found["id"], scope) if scope else ()
            roles = (await read_graph(connection)).names_of(role_ids)
    finally:
        await database.close()
    return Caller(found["id"], found["name"], found["domain_id"], roles, **place)


async def _scope(
    connection: Connection, project: str | None, domain: str | None, *, system: bool
) -> tuple[Scope | None, dict[str, str | bool]]:
    if system:
        return SystemScope(), {"system": True}
    if project:
        row = await _find(connection, "projects", project, domain)
        scope = ProjectScope(row["id"], row["domain_id"])
        return scope, {"project_id": row["id"], "project_domain_id": row["domain_id"]}
    return (DomainScope(domain), {"domain_id": domain}) if domain else (None, {})


async def _find(connection: Connection, table: str, said: str, domain: str | None) -> dict[str, str]:
    """By id, or by name in the domain."""
    query = f"SELECT id, name, domain_id FROM identity.{table} WHERE id = $1 OR (name = $1 AND domain_id = $2)"
    row = await connection.fetchrow(query, said, domain or "default")
    if row is None:
        raise NotFound(f"There is no {said} among the {table} (in the domain {domain or 'default'}).")
    return dict(row)
