"""The one place where tokens are checked: signature, claims, expiry, revocation. No I/O.

A token that passed is remembered by its digest; its key, expiry and revocation are asked for again each time.
"""

import base64
import binascii
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import ECAlgorithm

from identity.keys.keyset import Keys
from identity.tokens.claims import Claims, subjects_of
from runtime.errors import Unauthorized

LONGEST_TOKEN = 8192
LEEWAY_S = 2


class Revocations(Protocol):
    def revoked(self, subjects: tuple[str, ...], issued_at: float) -> bool:
        """Raises Unavailable when what is known is too old to tell."""


class Verified(NamedTuple):
    """`subjects` are those whose revocation ends the token, `header` is that of its key."""

    claims: Claims
    subjects: tuple[str, ...]
    header: str


class Verifier:
    """`clock` returns seconds since the epoch; `capacity` bounds how many verified tokens are remembered."""

    def __init__(
        self,
        keys: Keys,
        revocations: Revocations,
        clock: Callable[[], float],
        *,
        issuer: str,
        audience: str,
        capacity: int,
    ) -> None:
        self._keys = keys
        self._revocations = revocations
        self._clock = clock
        self._issuer = issuer
        self._audience = audience
        self._capacity = capacity
        self._es256 = ECAlgorithm(SHA256)
        self._claims = msgspec.json.Decoder(Claims)
        self._verified: OrderedDict[bytes, Verified] = OrderedDict()

    def verify(self, token: str, *, expired_for_s: float = 0) -> Claims:
        """What the token says, even if it expired up to `expired_for_s` ago.

        Raises Unauthorized, always with the same words, or Unavailable.
        """
        if len(token) > LONGEST_TOKEN or not token.isascii():
            raise sign_in_required()
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is None:
            known = self._remember(digest, self._check(token), token)
        else:
            self._verified.move_to_end(digest)
        claims, subjects, header = known
        if header not in self._keys.verifying:
            raise sign_in_required()
        if claims.exp + LEEWAY_S + expired_for_s <= self._clock() or self._revocations.revoked(subjects, claims.iat):
            raise sign_in_required()
        return claims

    def _check(self, token: str) -> Claims:
        header, *others = token.split(".")
        key = self._keys.verifying.get(header)
        if key is None or len(others) != 2:
            raise sign_in_required()
        payload, signature = others
        signed = f"{header}.{payload}".encode()
        if not self._es256.verify(signed, key, _decode(signature)):
            raise sign_in_required()
        try:
            claims = self._claims.decode(_decode(payload))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise sign_in_required() from error
        if claims.iss != self._issuer or claims.aud != self._audience or claims.jti != claims.audit_ids[0]:
            raise sign_in_required()
        return claims

    def _remember(self, digest: bytes, claims: Claims, token: str) -> Verified:
        self._verified[digest] = known = Verified(claims, subjects_of(claims), token.partition(".")[0])
        if len(self._verified) > self._capacity:
            self._verified.popitem(last=False)
        return known


def sign_in_required() -> Unauthorized:
    """The one answer to a missing, wrong, expired or revoked proof of who is calling."""
    return Unauthorized("The request you have made requires authentication.")


def _decode(text: str) -> bytes:
    """Base64url without padding, in its one canonical spelling."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise sign_in_required() from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise sign_in_required()
    return raw
