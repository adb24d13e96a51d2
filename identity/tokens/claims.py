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


class ByTrust(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="trust", tag_field="kind"
):
    """The right of a trustee. The token's user is the trustor when it impersonates, and then the other party is the
    trustee; else the other way round.

    `sources` are further subjects whose revocation ends the token: those of the trusts that this one was made from, of
    their parties and of the parties' identity providers, and of the rights of who gave the first one. `redelegable` says that it may be passed on.
    """

    id: Id
    trustor_id: Id
    trustee_id: Id
    other_domain_id: Id
    impersonation: bool
    sources: tuple[Annotated[str, Meta(max_length=160)], ...] = ()
    redelegable: bool = False


Delegation = ByCredential | ByTrust | None
"""By what other right than their own login the bearer acts; such a token is never scoped again."""


class Federation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The provider that vouched for the bearer. `group_ids` are the groups that its mapping named, whose roles the token
    may be scoped to; `own` says that the token's user is known by this provider alone."""

    idp_id: Id
    protocol_id: Id
    group_ids: tuple[Id, ...]
    own: bool


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
    federation: Federation | None


def user_subject(user_id: str) -> str:
    return f"user/{user_id}"


def project_subject(project_id: str) -> str:
    return f"project/{project_id}"


def domain_subject(domain_id: str) -> str:
    return f"domain/{domain_id}"


def directory_subject(domain_id: str) -> str:
    """Everybody who signs in to a domain, whose directory may have become another or fallen silent."""
    return f"directory/{domain_id}"


def role_subject(role_id: str) -> str:
    return f"role/{role_id}"


def token_subject(audit_id: str) -> str:
    return f"token/{audit_id}"


def credential_subject(credential_id: str) -> str:
    return f"application_credential/{credential_id}"


def trust_subject(trust_id: str) -> str:
    return f"trust/{trust_id}"


def provider_subject(idp_id: str) -> str:
    return f"identity_provider/{idp_id}"


def protocol_subject(idp_id: str, protocol_id: str) -> str:
    return f"protocol/{idp_id}/{protocol_id}"


def group_actor(group_id: str) -> str:
    """A group where a user is meant: of tokens that hold roles by the group without a membership."""
    return f"group/{group_id}"


def grant_subject(actor: str, scope: Scope) -> str:
    """The rights of one user, or of a group (`group_actor`), on one target."""
    match scope:
        case ProjectScope(id=target):
            return f"grant/{actor}/project/{target}"
        case DomainScope(id=target):
            return f"grant/{actor}/domain/{target}"
        case _:
            return f"grant/{actor}/system"


def heritage_subject(actor: str, domain_id: str) -> str:
    """What one user, or a group, holds on the projects of a domain by inheritance."""
    return f"heritage/{actor}/{domain_id}"


def subjects_of(claims: Claims) -> tuple[str, ...]:
    """Every subject whose revocation ends this token."""
    owner_id = claims.sub
    found = [user_subject(claims.sub), domain_subject(claims.user_domain_id), directory_subject(claims.user_domain_id)]
    found += [token_subject(audit_id) for audit_id in claims.audit_ids]
    found += [role_subject(role_id) for role_id in claims.roles]
    match claims.delegation:
        case ByCredential(id=credential_id):
            found.append(credential_subject(credential_id))
        case ByTrust(id=trust_id, trustor_id=owner_id, trustee_id=trustee_id, other_domain_id=domain_id):
            found += [trust_subject(trust_id), *map(user_subject, (owner_id, trustee_id))]
            found += [domain_subject(domain_id), directory_subject(domain_id), *claims.delegation.sources]
    actors = [owner_id]
    if claims.federation is not None:
        idp_id, protocol_id = claims.federation.idp_id, claims.federation.protocol_id
        found += [provider_subject(idp_id), protocol_subject(idp_id, protocol_id)]
        actors += map(group_actor, claims.federation.group_ids)
    if claims.scope is not None:
        found += [grant_subject(actor, claims.scope) for actor in actors]
    match claims.scope:
        case ProjectScope(id=project_id, domain_id=domain_id):
            found += [project_subject(project_id), domain_subject(domain_id)]
            found += [heritage_subject(actor, domain_id) for actor in actors]
        case DomainScope(id=domain_id):
            found.append(domain_subject(domain_id))
    return tuple(found)
