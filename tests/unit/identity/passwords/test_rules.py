"""What is asked of passwords."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from identity.passwords.rules import PasswordRules, has_expired
from runtime.errors import BadRequest, Forbidden

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def a_user(**replaced: object) -> dict[str, object]:
    return {"options": {}, "password_set_at": NOW, "password_expires_at": None} | replaced


def test_rules_that_ask_for_nothing_let_all_pass() -> None:
    rules = PasswordRules()
    rules.check_strength("x")
    rules.check_change(a_user(), NOW)
    assert rules.expiry({}, NOW, by_others=False) is None
    assert rules.kept == 0


def test_whole_password_matches() -> None:
    rules = PasswordRules(regex="[a-z]+[0-9]", regex_description="letters and a digit")
    rules.check_strength("rose1")
    for password in ("rose", "rose1!", "1rose1"):
        with pytest.raises(BadRequest, match="letters and a digit"):
            rules.check_strength(password)


def test_password_expires_unless_the_user_is_excused() -> None:
    rules = PasswordRules(expires_days=30)
    assert rules.expiry({}, NOW, by_others=False) == NOW + timedelta(days=30)
    assert rules.expiry({"ignore_password_expiry": True}, NOW, by_others=True) is None
    expired = a_user(password_expires_at=NOW)
    assert has_expired(expired, NOW)
    assert not has_expired(expired, NOW - timedelta(seconds=1))
    assert not has_expired(expired | {"options": {"ignore_password_expiry": True}}, NOW)


def test_password_is_kept_for_its_least_age() -> None:
    rules = PasswordRules(minimum_age_days=1)
    with pytest.raises(BadRequest, match="minimum age"):
        rules.check_change(a_user(), NOW + timedelta(hours=23))
    rules.check_change(a_user(), NOW + timedelta(hours=24))


def test_locked_password_stays() -> None:
    with pytest.raises(Forbidden):
        PasswordRules().check_change(a_user(options={"lock_password": True}), NOW)


@pytest.mark.parametrize(
    "settings", [{"regex": "("}, {"unique_last_count": 25}, {"expires_days": 1, "minimum_age_days": 2}, {"colour": 1}]
)
def test_rules_that_cannot_be_are_refused_at_start(settings: dict) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, PasswordRules)
