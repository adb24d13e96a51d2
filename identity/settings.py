"""The settings of identity, section `[identity]` of a control process."""

from pathlib import Path

import msgspec

from identity.federation.oidc.settings import OidcProvider
from identity.limits.models import Model
from identity.passwords.rules import PasswordRules

LONGEST_TOKEN_LIFE_S = 24 * 3600
"""No token lives longer, so a revocation older than this and EXPIRED_WINDOW_S has nothing left to refuse."""
LONGEST_REDELEGATION = 8
"""Trusts above a trust: a token names them and their parties, and has little room."""
EXPIRED_WINDOW_S = 2 * 24 * 3600
"""How long `allow_expired` still shows a token after its end, as Keystone's allow_expired_window."""


class IdentitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key_directory` holds the signing keys (`meridian bootstrap` makes them).

    `public_url` is the address of this API as clients know it, without `/v3`; None takes it from each request.
    Every `key_period_s` a process looks whether the keys have changed.
    Of one account, and from one address, so many logins may fail in a minute; 0 sets no bound. Behind a proxy, which is
    one address, it is the proxy that bounds clients.
    A project that was given no endpoints (OS-EP-FILTER) has all of them in its catalogue, or, without
    `return_all_endpoints_if_no_filter`, none.
    `limit_model` says how limits of domains and projects are held together (identity/limits/models.py).
    `oidc` are the OpenID Connect providers whose tokens may be looked at; which of them is which identity provider, its
    `remote_ids` say.
    Events of audit are kept for `audit_days`; 0 keeps them for ever.
    A trust whose trustor allows it can be passed on `max_redelegation_count` times; 0 is never.
    A process that could not read revocations for `feed_limit_s` refuses every token.
    Each question to a directory of users has `directory_timeout_s`; every `directory_period_s` one is asked whether
    those who have tokens are still there, and when it has not answered for `directory_limit_s` their tokens are refused.
    """

    key_directory: Path
    public_url: str | None = None
    issuer: str = "meridian"
    audience: str = "meridian"
    token_ttl_s: float = 3600
    feed_period_s: float = 2
    feed_limit_s: float = 30
    key_period_s: float = 1
    directory_timeout_s: float = 5
    directory_period_s: float = 5
    directory_limit_s: float = 30
    hashing_threads: int = 2
    hashing_waiting: int = 64
    verified_tokens: int = 10_000
    account_failures: int = 20
    address_failures: int = 200
    audit_days: float = 90
    passwords: PasswordRules = PasswordRules()
    return_all_endpoints_if_no_filter: bool = True
    limit_model: Model = "flat"
    max_redelegation_count: int = 3
    oidc: tuple[OidcProvider, ...] = ()

    def __post_init__(self) -> None:
        if not 60 <= self.token_ttl_s <= LONGEST_TOKEN_LIFE_S:
            raise ValueError(f"token_ttl_s: expected 60 to {LONGEST_TOKEN_LIFE_S}")
        if not 0 <= self.max_redelegation_count <= LONGEST_REDELEGATION:
            raise ValueError(f"max_redelegation_count: expected 0 to {LONGEST_REDELEGATION}")
        if len({provider.issuer for provider in self.oidc}) < len(self.oidc):
            raise ValueError("oidc: each issuer once")
