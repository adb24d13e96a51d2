"""Whether a token of a provider is what it says it is, and for us. Pure.

Of what the token itself says before it is verified, its issuer chooses among those that the provider has here, and
its key id and algorithm among the keys that the issuer has published. No address and no key is ever taken from it.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

import jwt
from jwt.exceptions import PyJWTError

from identity.federation.oidc.json_objects import decode_object
from identity.federation.oidc.keys import ALGORITHMS, PublicKey
from identity.federation.oidc.settings import OidcProvider

LONGEST_TOKEN = 16 * 1024
LEEWAY_S = 5
KINDS = ("jwt", "at+jwt", "application/at+jwt")
REFUSED_HEADERS = frozenset({"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"})
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class TokenRefused(Exception):
    """The message is for the log."""


class Heading(NamedTuple):
    """What a token says of itself before it is verified."""

    issuer: str
    algorithm: str
    key_id: str | None


def is_jwt(token: str) -> bool:
    return token.count(".") == 2


def read_heading(token: str) -> Heading:
    """Raises TokenRefused for a form that no token of ours to be has."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise TokenRefused("too long")
    header, payload, _ = token.split(".")
    said, claims = _decode(header), _decode(payload)
    algorithm, key_id, issuer = said.get("alg"), said.get("kid"), claims.get("iss")
    if algorithm not in ALGORITHMS:
        raise TokenRefused("algorithm")
    if refused := REFUSED_HEADERS & said.keys():
        raise TokenRefused(f"header {min(refused)}")
    kind = said.get("typ", "jwt")
    if not isinstance(kind, str) or kind.lower() not in KINDS:
        raise TokenRefused("type")
    if not (key_id is None or (isinstance(key_id, str) and 0 < len(key_id) <= 256)):
        raise TokenRefused("key id")
    if not isinstance(issuer, str):
        raise TokenRefused("issuer")
    return Heading(issuer, algorithm, key_id)


def verify(token: str, heading: Heading, key: PublicKey, provider: OidcProvider) -> dict[str, Any]:
    """The claims. Raises TokenRefused."""
    try:
        claims = jwt.decode(
            token,
            key.key,
            algorithms=[heading.algorithm],
            issuer=provider.issuer,
            audience=list(provider.audiences),
            leeway=LEEWAY_S,
            options={"require": REQUIRED, "enforce_minimum_key_length": True},
        )
    except (PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(type(error).__name__) from error
    check_subject(claims)
    check_parties(claims, provider)
    if LOGOUT in (claims.get("events") or ()):
        raise TokenRefused("a token to sign out with")
    return claims


def check_subject(claims: Mapping[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise TokenRefused("subject")


def check_parties(claims: Mapping[str, Any], provider: OidcProvider) -> None:
    """Whoever asked for the token may hand it on to us."""
    for name in ("azp", "client_id"):
        if name in claims and claims[name] not in provider.parties:
            raise TokenRefused(name)


def _decode(part: str) -> dict[str, Any]:
    try:
        return decode_object(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise TokenRefused("form") from error
