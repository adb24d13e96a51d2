"""The scope that a login names, as far as it exists and is enabled."""

from collections.abc import Mapping
from typing import Any

from identity.domains.store import find_domain
from identity.projects import store as projects
from identity.tokens.claims import DomainScope, ProjectScope, Scope, SystemScope
from identity.tokens.proofs import domain_named
from identity.tokens.schema import ProjectNamed, Wish
from runtime.database import Connection
from runtime.errors import BadRequest

Row = Mapping[str, Any]


async def find_scope(connection: Connection, wish: Wish) -> Scope:
    """The scope that the wish names; None when it does not exist or is disabled."""
    if wish.scope.project is not None:
        return await find_project_scope(connection, wish.scope.project)
    if wish.scope.domain is not None:
        domain_id = await domain_named(connection, wish.scope.domain)
        usable = domain_id is not None and await is_enabled_domain(connection, domain_id)
        return DomainScope(domain_id) if usable else None
    if not wish.scope.system.all:
        raise BadRequest("Invalid input for auth.scope.system: the whole system (all: true) is the only one.")
    return SystemScope()


async def find_project_scope(connection: Connection, named: ProjectNamed) -> ProjectScope | None:
    project = await _find_project(connection, named)
    if project is None or not project["enabled"]:
        return None
    if not await is_enabled_domain(connection, project["domain_id"]):
        return None
    return ProjectScope(project["id"], project["domain_id"])


async def _find_project(connection: Connection, named: ProjectNamed) -> Row | None:
    if named.id is not None:
        return await projects.find_project(connection, named.id)
    if named.name is None or named.domain is None:
        raise BadRequest("Invalid input for auth.scope.project: id, or name and domain, is needed.")
    domain_id = await domain_named(connection, named.domain)
    return await projects.find_project_by_name(connection, domain_id, named.name) if domain_id else None


async def is_enabled_domain(connection: Connection, domain_id: str) -> bool:
    domain = await find_domain(connection, domain_id)
    return domain is not None and domain["enabled"]
