"""What is asked of passwords: their form, how long they last, how soon and to what they may be changed. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from runtime.errors import BadRequest, Forbidden

Row = Mapping[str, Any]
MOST_KEPT = 24


class PasswordRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Section `[identity.passwords]`. Zero and None ask for nothing.

    `regex` is matched against the whole of a new password, and `regex_description` is what a user is told.
    `unique_last_count` counts the present password; it and `minimum_age_days` bind users themselves, not administrators.
    After `lockout_failure_attempts` failures in a row an account is closed for `lockout_duration_s`, or, when that is 0,
    until an administrator enables it. `change_upon_first_use`: a password that somebody else set opens nothing but the
    way to another one. Who did not sign in for `inactive_days` is disabled.
    """

    regex: str | None = None
    regex_description: str = ""
    expires_days: int = 0
    unique_last_count: int = 0
    minimum_age_days: int = 0
    lockout_failure_attempts: int = 0
    lockout_duration_s: int = 1800
    change_upon_first_use: bool = False
    inactive_days: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.unique_last_count <= MOST_KEPT:
            raise ValueError(f"unique_last_count: expected 0 to {MOST_KEPT}")
        if self.expires_days < 0 or not 0 <= self.minimum_age_days <= (self.expires_days or self.minimum_age_days):
            raise ValueError("minimum_age_days: expected 0 to expires_days")
        if min(self.lockout_failure_attempts, self.lockout_duration_s, self.inactive_days) < 0:
            raise ValueError("lockout_failure_attempts, lockout_duration_s, inactive_days: expected 0 or more")
        try:
            re.compile(self.regex or "")
        except re.error as error:
            raise ValueError(f"regex: {error}") from error

    @property
    def kept(self) -> int:
        """How many passwords before the present one are remembered."""
        return max(0, self.unique_last_count - 1)

    def check_strength(self, password: str) -> None:
        if self.regex is not None and re.fullmatch(self.regex, password) is None:
            raise BadRequest(f"The password does not match the requirements: {self.regex_description or self.regex}.")

    def check_change(self, user: Row, now: datetime) -> None:
        """Raises Forbidden or BadRequest when the user may not change the password now."""
        if user["options"].get("lock_password"):
            raise Forbidden("Cannot change the password: it is locked by an administrator.")
        young = now < user["password_set_at"] + timedelta(days=self.minimum_age_days)
        if self.minimum_age_days and young and not has_expired(user, now):
            raise BadRequest(f"Cannot change password before minimum age ({self.minimum_age_days} days) is met.")

    def expiry(self, options: Row, now: datetime, *, by_others: bool) -> datetime | None:
        """When a password that is set now, by its user or `by_others`, expires."""
        if by_others and self.change_upon_first_use and not options.get("ignore_change_password_upon_first_use"):
            return now
        if not self.expires_days or options.get("ignore_password_expiry"):
            return None
        return now + timedelta(days=self.expires_days)


def has_expired(user: Row, now: datetime) -> bool:
    expires_at = user["password_expires_at"]
    return expires_at is not None and expires_at <= now and not user["options"].get("ignore_password_expiry")
