"""Keys on disk, an issuer, a verifier, and a list of revocations that a test writes."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from identity.keys.keyset import KeySet, create_keys, load_keys
from identity.tokens.claims import Claims, ProjectScope
from identity.tokens.issuer import Issuer
from identity.tokens.verifier import Verifier

NOW = 1_800_000_000.0


@dataclass
class Ended:
    """Revocations by subject: tokens issued at or before the time are refused."""

    before: dict[str, float] = field(default_factory=dict)

    def revoked(self, subjects: tuple[str, ...], issued_at: float) -> bool:
        return any(self.before.get(subject, 0) >= issued_at for subject in subjects)


@dataclass
class Desk:
    """Where tokens are made and checked; `now` is what its clock shows."""

    keys: KeySet
    ended: Ended
    directory: Path
    now: float = NOW

    def __post_init__(self) -> None:
        self.issuer = Issuer(self.keys)
        self.verifier = Verifier(
            self.keys, self.ended, lambda: self.now, issuer="meridian", audience="meridian", capacity=3
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_keys(tmp_path / "keys")
    return Desk(load_keys(tmp_path / "keys"), Ended(), tmp_path / "keys")


def some_claims(**replaced: object) -> Claims:
    values = {
        "iss": "meridian",
        "aud": "meridian",
        "sub": "a" * 32,
        "jti": "b" * 32,
        "iat": NOW,
        "exp": NOW + 3600,
        "user_name": "user1",
        "user_domain_id": "default",
        "methods": ("password",),
        "audit_ids": ("b" * 32,),
        "roles": ("c" * 32,),
        "scope": ProjectScope("d" * 32, "default"),
        "delegation": None,
        "federation": None,
    }
    return Claims(**(values | replaced))
