"""What the issuer makes, the verifier accepts, and nothing else."""

import jwt
import pytest

from identity.tokens.claims import (
    DomainScope,
    ProjectScope,
    SystemScope,
    grant_subject,
    subjects_of,
)
from runtime.errors import Unauthorized
from tests.unit.identity.tokens.conftest import NOW, Desk, some_claims

SCOPES = [ProjectScope("d" * 32, "default"), DomainScope("default"), SystemScope(), None]


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: type(scope).__name__)
def test_issued_token_says_what_it_was_given(desk: Desk, scope: object) -> None:
    claims = some_claims(scope=scope, iat=NOW + 0.123457)
    assert desk.verifier.verify(desk.issuer.issue(claims)) == claims


def test_token_is_an_ordinary_jwt_for_others(desk: Desk) -> None:
    token = desk.issuer.issue(some_claims(exp=4_000_000_000.0, iat=1.0))
    (key,) = desk.keys.verifying.values()
    read = jwt.decode(token, key, algorithms=["ES256"], audience="meridian", issuer="meridian")
    assert read["sub"] == "a" * 32
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": desk.keys.signing.id, "typ": "JWT"}


def test_token_ends_at_its_expiry(desk: Desk) -> None:
    token = desk.issuer.issue(some_claims())
    desk.now = NOW + 3600
    desk.verifier.verify(token)
    desk.now = NOW + 3603
    with pytest.raises(Unauthorized):
        desk.verifier.verify(token)


def test_verified_tokens_that_are_remembered_are_bounded(desk: Desk) -> None:
    for number in range(10):
        audit_id = f"{number:032x}"
        desk.verifier.verify(desk.issuer.issue(some_claims(jti=audit_id, audit_ids=(audit_id,))))
    assert len(desk.verifier._verified) == 3


@pytest.mark.parametrize("subject", subjects_of(some_claims()))
def test_threat_K1_revoking_any_subject_ends_a_token_that_was_already_verified(desk: Desk, subject: str) -> None:
    token = desk.issuer.issue(some_claims())
    desk.verifier.verify(token)
    desk.ended.before[subject] = NOW
    with pytest.raises(Unauthorized):
        desk.verifier.verify(token)
    later = desk.issuer.issue(some_claims(iat=NOW + 0.000001))
    desk.verifier.verify(later)


def test_token_carries_every_subject_that_may_be_revoked() -> None:
    user, project, role, token = "a" * 32, "d" * 32, "c" * 32, "b" * 32
    assert set(subjects_of(some_claims(scope=ProjectScope(project, "theirs"), user_domain_id="ours"))) == {
        f"user/{user}",
        f"project/{project}",
        f"role/{role}",
        f"token/{token}",
        f"grant/{user}/project/{project}",
        f"heritage/{user}/theirs",
        "domain/theirs",
        "domain/ours",
        "directory/ours",
    }


def test_grants_on_different_targets_are_different_subjects() -> None:
    assert len({grant_subject("u", scope) for scope in SCOPES[:3]}) == 3


def test_threat_J6_key_that_is_gone_verifies_no_token_that_was_seen_before(desk: Desk) -> None:
    token = desk.issuer.issue(some_claims())
    desk.verifier.verify(token)
    desk.keys.verifying.clear()
    with pytest.raises(Unauthorized):
        desk.verifier.verify(token)
