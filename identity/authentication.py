"""From a request's token to its Caller: what the web kit asks before each handler. Offline, no I/O."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.callers import Caller
from identity.roles.graph import RoleGraph
from identity.tokens.claims import Claims, DomainScope, ProjectScope, SystemScope
from identity.tokens.verifier import sign_in_required


async def authenticate(request: web.Request) -> Caller:
    """Who sent the request, by `X-Auth-Token` alone. Raises Unauthorized; Unavailable when rights are not known."""
    tokens = request.headers.getall("X-Auth-Token", [])
    if len(tokens) != 1:
        raise sign_in_required()
    identity = request.app[IDENTITY]
    request["claims"] = claims = identity.verifier.verify(tokens[0])
    return caller_from(claims, identity.feed.roles)


def caller_from(claims: Claims, roles: RoleGraph) -> Caller:
    """The caller that the claims describe, with the names of all roles, implied ones included."""
    scope = claims.scope
    in_project = isinstance(scope, ProjectScope)
    return Caller(
        user_id=claims.sub,
        user_name=claims.user_name,
        user_domain_id=claims.user_domain_id,
        roles=roles.names_of(claims.roles) if scope is not None else frozenset(),
        project_id=scope.id if in_project else None,
        project_domain_id=scope.domain_id if in_project else None,
        domain_id=scope.id if isinstance(scope, DomainScope) else None,
        system=isinstance(scope, SystemScope),
        audit_id=claims.jti,
    )
