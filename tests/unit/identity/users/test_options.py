"""Options of users: what they excuse, and which logins are enough."""

import msgspec
import pytest
from multidict import MultiDict

from identity.nouns.options import merge_options
from identity.users.expiry import filter_expiry
from identity.users.options import UserOptions, suffices
from runtime.errors import BadRequest
from runtime.web.listing import Where

BOTH = {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": [["password", "token"]]}


def test_option_is_set_replaced_and_taken_away() -> None:
    assert merge_options({"lock_password": True}, {"ignore_password_expiry": True, "lock_password": None}) == {
        "ignore_password_expiry": True
    }


@pytest.mark.parametrize(
    ("options", "methods", "enough"),
    [
        ({}, ["password"], True),
        (BOTH, ["password"], False),
        (BOTH, ["token", "password"], True),
        (BOTH, ["application_credential"], False),
        (BOTH | {"multi_factor_auth_enabled": False}, ["password"], True),
        (BOTH | {"multi_factor_auth_rules": [["password", "token"], ["password"]]}, ["password"], True),
    ],
)
def test_login_shows_all_methods_of_one_rule(options: dict, methods: list[str], enough: bool) -> None:
    assert suffices(options, methods) is enough


@pytest.mark.parametrize("rules", [[["fingerprint"]], [[]], [["password", "fingerprint"]]])
def test_threat_K16_rule_that_nothing_can_satisfy_lets_nobody_in(rules: list[list[str]]) -> None:
    options = {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": rules}
    assert not suffices(options, ["password"])
    assert not suffices(options, ["password", "fingerprint"])


@pytest.mark.parametrize(
    "body",
    [
        {"multi_factor_auth_rules": [["fingerprint"]]},
        {"multi_factor_auth_rules": [[]]},
        {"multi_factor_auth_rules": [["password", "password"]]},
        {"multi_factor_auth_rules": ["password"]},
        {"lock_password": "FALSE"},
        {"unknown": True},
    ],
)
def test_threat_K16_bad_option_is_refused_when_it_is_written(body: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, UserOptions)


@pytest.mark.parametrize("text", ["2030-01-01T00:00:00Z", "before:2030-01-01T00:00:00Z", "lt:", "lt:soon", "lt:\x00"])
def test_bad_comparison_of_times_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="password_expires_at"):
        filter_expiry(MultiDict({"password_expires_at": text}), Where())
