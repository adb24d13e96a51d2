"""A token as the API shows it: names beside the ids of its claims, roles with those they imply, the catalogue."""

from typing import Any

from identity.application_credentials.schema import render_rules
from identity.application_credentials.store import find_credential, select_rules_of
from identity.catalog.store import read_catalog
from identity.domains.store import find_domain
from identity.projects.store import find_project
from identity.roles.graph import RoleGraph
from identity.settings import IdentitySettings
from identity.tokens.claims import (
    ByCredential,
    ByTrust,
    Claims,
    Delegation,
    DomainScope,
    ProjectScope,
    SystemScope,
)
from identity.tokens.moments import render_time
from identity.users.schema import render_expiry
from identity.users.store import find_user
from runtime.database import Connection


async def describe_token(
    connection: Connection, claims: Claims, roles: RoleGraph, settings: IdentitySettings, *, with_catalog: bool
) -> dict[str, Any]:
    """The `token` object of a response; an unscoped token has neither roles nor catalogue."""
    shown: dict[str, Any] = {
        "methods": list(claims.methods),
        "user": {
            "id": claims.sub,
            "name": claims.user_name,
            "domain": await _domain(connection, claims.user_domain_id),
            **await _vouching(connection, claims),
        },
        "audit_ids": list(dict.fromkeys((claims.audit_ids[0], claims.audit_ids[-1]))),
        "issued_at": render_time(claims.iat),
        "expires_at": render_time(claims.exp),
    }
    shown |= await _delegation(connection, claims.delegation)
    if claims.scope is None:
        return shown
    shown |= await _scope(connection, claims)
    shown["roles"] = [
        {"id": role_id, "name": roles.names[role_id]}
        for role_id in sorted(roles.expand(claims.roles), key=lambda role_id: roles.names[role_id])
    ]
    if with_catalog:
        shown["catalog"] = await catalog_of(connection, claims, settings)
    return shown


async def catalog_of(connection: Connection, claims: Claims, settings: IdentitySettings) -> list[dict[str, Any]]:
    """The catalogue of a token that has a scope."""
    project_id = claims.scope.id if isinstance(claims.scope, ProjectScope) else None
    return await read_catalog(connection, project_id, all_if_none=settings.return_all_endpoints_if_no_filter)


async def _vouching(connection: Connection, claims: Claims) -> dict[str, Any]:
    """A user of a provider has no password here."""
    federation = claims.federation
    if federation is None or not federation.own:
        user = await find_user(connection, claims.sub)
        return {"password_expires_at": render_expiry(user["password_expires_at"]) if user else None}
    return {
        "OS-FEDERATION": {
            "identity_provider": {"id": federation.idp_id},
            "protocol": {"id": federation.protocol_id},
            "groups": [{"id": group_id} for group_id in federation.group_ids],
        }
    }


async def _scope(connection: Connection, claims: Claims) -> dict[str, Any]:
    match claims.scope:
        case ProjectScope(id=project_id, domain_id=domain_id):
            project = await find_project(connection, project_id)
            name = project["name"] if project else ""
            domain = await _domain(connection, domain_id)
            return {"project": {"id": project_id, "name": name, "domain": domain}, "is_domain": False}
        case DomainScope(id=domain_id):
            return {"domain": await _domain(connection, domain_id)}
        case SystemScope():
            return {"system": {"all": True}}
    return {}


async def _delegation(connection: Connection, delegation: Delegation) -> dict[str, Any]:
    match delegation:
        case ByCredential(id=credential_id, unrestricted=unrestricted, confined=confined):
            credential = await find_credential(connection, credential_id)
            name = credential["name"] if credential else ""
            shown: dict[str, Any] = {"id": credential_id, "name": name, "restricted": not unrestricted}
            if confined:
                shown["access_rules"] = render_rules(await select_rules_of(connection, credential_id))
            return {"application_credential": shown}
        case ByTrust(id=trust_id):
            parties = {f"{party}_user": {"id": getattr(delegation, f"{party}_id")} for party in ("trustor", "trustee")}
            return {"OS-TRUST:trust": {"id": trust_id, "impersonation": delegation.impersonation} | parties}
    return {}


async def _domain(connection: Connection, domain_id: str) -> dict[str, str]:
    domain = await find_domain(connection, domain_id)
    return {"id": domain_id, "name": domain["name"] if domain else ""}
