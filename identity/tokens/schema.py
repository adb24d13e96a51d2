"""The body of `POST /v3/auth/tokens`, and what is found out from it."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id


class DomainNamed(msgspec.Struct, forbid_unknown_fields=True):
    """A domain by id or by name."""

    id: Id | None = None
    name: str | None = None


class UserNamed(msgspec.Struct, forbid_unknown_fields=True):
    """A user by id, or by name and domain."""

    id: Id | None = None
    name: str | None = None
    domain: DomainNamed | None = None


class UserProof(UserNamed):
    """The password beside."""

    password: str | None = None


class PasswordMethod(msgspec.Struct, forbid_unknown_fields=True):
    user: UserProof


class PasscodeProof(UserNamed):
    """The one-time passcode beside."""

    passcode: str | None = None


class TotpMethod(msgspec.Struct, forbid_unknown_fields=True):
    user: PasscodeProof


class TokenMethod(msgspec.Struct, forbid_unknown_fields=True):
    id: str


class ApplicationCredentialMethod(msgspec.Struct, forbid_unknown_fields=True):
    """The credential by id, or by name and its user. A user named beside an id has to be its owner."""

    secret: str
    id: Id | None = None
    name: str | None = None
    user: UserNamed | None = None


class Proofs(msgspec.Struct, forbid_unknown_fields=True):
    """`methods` names the proofs that are to be looked at."""

    methods: Annotated[list[str], Meta(min_length=1, max_length=4)]
    password: PasswordMethod | None = None
    token: TokenMethod | None = None
    totp: TotpMethod | None = None
    application_credential: ApplicationCredentialMethod | None = None


class ProjectNamed(msgspec.Struct, forbid_unknown_fields=True):
    """A project by id, or by name and domain."""

    id: Id | None = None
    name: str | None = None
    domain: DomainNamed | None = None


class SystemNamed(msgspec.Struct, forbid_unknown_fields=True):
    all: bool


class TrustNamed(msgspec.Struct, forbid_unknown_fields=True):
    id: Id


class ScopeNamed(msgspec.Struct, forbid_unknown_fields=True):
    """Exactly one of them."""

    project: ProjectNamed | None = None
    domain: DomainNamed | None = None
    system: SystemNamed | None = None
    unscoped: dict[str, Any] | None = None
    trust: TrustNamed | None = msgspec.field(default=None, name="OS-TRUST:trust")

    def __post_init__(self) -> None:
        parts = (self.project, self.domain, self.system, self.unscoped, self.trust)
        if sum(part is not None for part in parts) != 1:
            raise ValueError("exactly one of project, domain, system, unscoped, OS-TRUST:trust is needed")


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """Without a scope, the user's default project is meant, if there is one; "unscoped" means none at all."""

    identity: Proofs
    scope: ScopeNamed | Literal["unscoped"] | UnsetType = UNSET


class Authenticate(msgspec.Struct, forbid_unknown_fields=True):
    auth: Wish
