"""From a request's token to its Caller: what the web kit asks before each handler.

Offline, without I/O, except that the access rules of an application credential are read once in a process.
"""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.audit import acts
from identity.callers import Caller
from identity.delegation import check_delegated
from identity.roles.graph import RoleGraph
from identity.tokens.claims import Claims, Delegation, DomainScope, ProjectScope, SystemScope
from identity.tokens.verifier import sign_in_required


async def authenticate(request: web.Request) -> Caller:
    """Who sent the request, by `X-Auth-Token` alone. Raises Unauthorized; Unavailable when rights are not known."""
    tokens = request.headers.getall("X-Auth-Token", [])
    if len(tokens) != 1:
        raise sign_in_required()
    identity = request.app[IDENTITY]
    request["claims"] = claims = identity.verifier.verify(tokens[0])
    if claims.delegation is not None:
        await _check_delegated(request, claims.delegation)
    acts.begin(request)
    return caller_from(claims, identity.feed.roles)


async def _check_delegated(request: web.Request, delegation: Delegation) -> None:
    api = request["api"]
    check_delegated(delegation, api.name, request.method, request["route"].rule)
    rules = request.app[IDENTITY].access_rules
    await rules.check(delegation, api.name, api.prefix, request.method, request.path)


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
        group_ids=claims.federation.group_ids if claims.federation else (),
    )
