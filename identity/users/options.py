"""Options of users: exceptions from the rules, and which methods of login are asked for together. Pure."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

METHODS = frozenset({"password", "token", "application_credential", "totp"})
"""The methods of login that a rule may ask for: those that there are."""
Rule = Annotated[list[str], Meta(min_length=1, max_length=8)]
Rules = Annotated[list[Rule], Meta(max_length=16)]


class UserOptions(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """None takes an option away."""

    ignore_change_password_upon_first_use: bool | None | UnsetType = UNSET
    ignore_lockout_failure_attempts: bool | None | UnsetType = UNSET
    ignore_user_inactivity: bool | None | UnsetType = UNSET
    ignore_password_expiry: bool | None | UnsetType = UNSET
    lock_password: bool | None | UnsetType = UNSET
    multi_factor_auth_enabled: bool | None | UnsetType = UNSET
    multi_factor_auth_rules: Rules | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        rules = self.multi_factor_auth_rules or []
        if unknown := {method for rule in rules for method in rule} - METHODS:
            raise ValueError(f"multi_factor_auth_rules: '{min(unknown)[:64]}' is no method of login here")
        if any(len(set(rule)) < len(rule) for rule in rules):
            raise ValueError("multi_factor_auth_rules: each method once in a rule")


def suffices(options: Mapping[str, Any], methods: Iterable[str]) -> bool:
    """Whether a login by these methods is enough for the user: when rules are on, it satisfies one of them whole.

    A rule that asks for nothing, or for a method that is not known, is satisfied by nothing.
    """
    rules = options.get("multi_factor_auth_rules")
    if not options.get("multi_factor_auth_enabled") or not rules:
        return True
    shown = frozenset(methods)
    return any(rule and METHODS.issuperset(rule) and shown.issuperset(rule) for rule in rules)
