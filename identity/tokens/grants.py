"""From a proved user and a wished scope to the claims of a token, inside one transaction that holds rights still.

Everything is read again under the lock: a password that was changed, a user that was disabled or a parent token
that was revoked a moment ago gives no token.
"""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from msgspec import UNSET

from identity.assignments.store import select_role_ids
from identity.domains.store import find_domain
from identity.projects import store as projects
from identity.revocations.store import hold_rights, is_revoked
from identity.settings import IdentitySettings
from identity.tokens.claims import (
    LONGEST_CHAIN,
    Claims,
    DomainScope,
    ProjectScope,
    Scope,
    SystemScope,
    subjects_of,
)
from identity.tokens.proofs import Proved, domain_named
from identity.tokens.schema import ProjectNamed, Wish
from identity.tokens.verifier import sign_in_required
from identity.users import store as users
from runtime.database import Connection, queries
from runtime.errors import BadRequest, Forbidden, Unauthorized

log = structlog.get_logger()
Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))


async def grant(connection: Connection, proved: Proved, wish: Wish, settings: IdentitySettings) -> Claims:
    """The claims of a new token. It never outlives the token that it was made from.

    Raises Unauthorized when the user, the parent token or the scope does not allow it.
    """
    await hold_rights(connection)
    user = await _still_proved(connection, proved)
    scope, roles = await _scope_and_roles(connection, user, wish)
    issued_at = (await sql.fetch_time(connection)).timestamp()
    audit_id = uuid.uuid4().hex
    parent = proved.parent
    expires_at = issued_at + settings.token_ttl_s
    return Claims(
        iss=settings.issuer,
        aud=settings.audience,
        sub=user["id"],
        jti=audit_id,
        iat=issued_at,
        exp=min(expires_at, parent.exp) if parent else expires_at,
        user_name=user["name"],
        user_domain_id=user["domain_id"],
        methods=proved.methods,
        audit_ids=(audit_id, *(parent.audit_ids if parent else ())),
        roles=roles,
        scope=scope,
    )


async def _still_proved(connection: Connection, proved: Proved) -> Row:
    """The user, enabled, in an enabled domain, with the password that was checked and a parent that stands."""
    user = await users.find_user(connection, proved.user_id)
    if user is None or not user["enabled"]:
        raise _refused("user", proved)
    if proved.password_hash is not None and user["password_hash"] != proved.password_hash:
        raise _refused("password", proved)
    if not await _is_enabled_domain(connection, user["domain_id"]):
        raise _refused("domain", proved)
    parent = proved.parent
    if parent and await is_revoked(connection, subjects_of(parent), parent.iat):
        raise _refused("parent token", proved)
    if parent and len(parent.audit_ids) == LONGEST_CHAIN:
        raise Forbidden(f"A token is made from {LONGEST_CHAIN - 1} others at most, one after the other: sign in again.")
    return user


def _refused(reason: str, proved: Proved) -> Unauthorized:
    log.info("login refused", reason=reason, user_id=proved.user_id)
    return sign_in_required()


async def _is_enabled_domain(connection: Connection, domain_id: str) -> bool:
    domain = await find_domain(connection, domain_id)
    return domain is not None and domain["enabled"]


async def _scope_and_roles(connection: Connection, user: Row, wish: Wish) -> tuple[Scope, tuple[str, ...]]:
    """The scope wished for and the roles there; raises Unauthorized when there are none."""
    if wish.scope is UNSET:
        return await _default_scope(connection, user)
    if wish.scope == "unscoped" or wish.scope.unscoped is not None:
        return None, ()
    scope = await _find_scope(connection, wish)
    roles = await select_role_ids(connection, user["id"], scope) if scope else ()
    if not roles:
        log.info("login refused", reason="scope", user_id=user["id"])
        raise sign_in_required()
    return scope, roles


async def _default_scope(connection: Connection, user: Row) -> tuple[Scope, tuple[str, ...]]:
    """The user's default project when it can be used, else no scope."""
    if user["default_project_id"] is None:
        return None, ()
    scope = await _find_project_scope(connection, ProjectNamed(id=user["default_project_id"]))
    roles = await select_role_ids(connection, user["id"], scope) if scope else ()
    return (scope, roles) if roles else (None, ())


async def _find_scope(connection: Connection, wish: Wish) -> Scope:
    """The scope that the wish names; None when it does not exist or is disabled."""
    if wish.scope.project is not None:
        return await _find_project_scope(connection, wish.scope.project)
    if wish.scope.domain is not None:
        domain_id = await domain_named(connection, wish.scope.domain)
        usable = domain_id is not None and await _is_enabled_domain(connection, domain_id)
        return DomainScope(domain_id) if usable else None
    if not wish.scope.system.all:
        raise BadRequest("Invalid input for auth.scope.system: the whole system (all: true) is the only one.")
    return SystemScope()


async def _find_project_scope(connection: Connection, named: ProjectNamed) -> ProjectScope | None:
    project = await _find_project(connection, named)
    if project is None or not project["enabled"]:
        return None
    if not await _is_enabled_domain(connection, project["domain_id"]):
        return None
    return ProjectScope(project["id"], project["domain_id"])


async def _find_project(connection: Connection, named: ProjectNamed) -> Row | None:
    if named.id is not None:
        return await projects.find_project(connection, named.id)
    if named.name is None or named.domain is None:
        raise BadRequest("Invalid input for auth.scope.project: id, or name and domain, is needed.")
    domain_id = await domain_named(connection, named.domain)
    return await projects.find_project_by_name(connection, domain_id, named.name) if domain_id else None
