"""What a token says, and the few words that a revocation may name it by. Pure.

A token is a compact JWS: `<header of the key>.<claims as JSON>.<signature>`, base64url without padding. Roles are
those assigned, by id; what they imply is looked up when the token is used.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

LONGEST_CHAIN = 32
"""Tokens made one from another; the chain is carried along, and a token has little room."""

Id = Annotated[str, Meta(min_length=1, max_length=64)]


class ProjectScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="project", tag_field="kind"):
    id: Id
    domain_id: Id


class DomainScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="domain", tag_field="kind"):
    id: Id


class SystemScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="system", tag_field="kind"):
    pass


Scope = ProjectScope | DomainScope | SystemScope | None


class ByCredential(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="application_credential", tag_field="kind"
):
    """The right of whoever knows an application credential. `confined` says that it has access rules."""

    id: Id
    unrestricted: bool
    confined: bool


class ByTrust(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="trust", tag_field="kind"):
    """The right of a trustee. The token's user is the trustor when it impersonates, and then the other party is the
    trustee; else the other way round."""

    id: Id
    trustor_id: Id
    trustee_id: Id
    other_domain_id: Id
    impersonation: bool


Delegation = ByCredential | ByTrust | None
"""By what other right than their own login the bearer acts; such a token is never scoped again."""


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`iat` and `exp` are seconds with microseconds; `iat` is PostgreSQL's clock, as are revocations.

    `audit_ids` holds the token's own id (`jti` too) and those of all tokens that it was made from, the first one of
    the chain last: whoever ends one of them ends this one.
    """

    iss: str
    aud: str
    sub: Id
    jti: Id
    iat: float
    exp: float
    user_name: str
    user_domain_id: Id
    methods: Annotated[tuple[str, ...], Meta(min_length=1)]
    audit_ids: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=LONGEST_CHAIN)]
    roles: tuple[Id, ...]
    scope: Scope
    delegation: Delegation


def user_subject(user_id: str) -> str:
    return f"user/{user_id}"


def project_subject(project_id: str) -> str:
    return f"project/{project_id}"


def domain_subject(domain_id: str) -> str:
    return f"domain/{domain_id}"


def role_subject(role_id: str) -> str:
    return f"role/{role_id}"


def token_subject(audit_id: str) -> str:
    return f"token/{audit_id}"


def credential_subject(credential_id: str) -> str:
    return f"application_credential/{credential_id}"


def trust_subject(trust_id: str) -> str:
    return f"trust/{trust_id}"


def grant_subject(user_id: str, scope: Scope) -> str:
    """The rights of one user on one target."""
    match scope:
        case ProjectScope(id=target):
            return f"grant/{user_id}/project/{target}"
        case DomainScope(id=target):
            return f"grant/{user_id}/domain/{target}"
        case _:
            return f"grant/{user_id}/system"


def heritage_subject(user_id: str, domain_id: str) -> str:
    """What one user holds on the projects of a domain by inheritance."""
    return f"heritage/{user_id}/{domain_id}"


def subjects_of(claims: Claims) -> tuple[str, ...]:
    """Every subject whose revocation ends this token."""
    owner_id = claims.sub
    found = [user_subject(claims.sub), domain_subject(claims.user_domain_id)]
    found += [token_subject(audit_id) for audit_id in claims.audit_ids]
    found += [role_subject(role_id) for role_id in claims.roles]
    match claims.delegation:
        case ByCredential(id=credential_id):
            found.append(credential_subject(credential_id))
        case ByTrust(id=trust_id, trustor_id=owner_id, trustee_id=trustee_id, other_domain_id=domain_id):
            found += [trust_subject(trust_id), *map(user_subject, (owner_id, trustee_id)), domain_subject(domain_id)]
    if claims.scope is not None:
        found.append(grant_subject(owner_id, claims.scope))
    match claims.scope:
        case ProjectScope(id=project_id, domain_id=domain_id):
            found += [project_subject(project_id), domain_subject(domain_id), heritage_subject(owner_id, domain_id)]
        case DomainScope(id=domain_id):
            found.append(domain_subject(domain_id))
    return tuple(found)
