"""The one place where tokens are made."""

import base64

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import ECAlgorithm

from identity.keys.keyset import Keys
from identity.tokens.claims import Claims


class Issuer:
    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._es256 = ECAlgorithm(SHA256)

    def issue(self, claims: Claims) -> str:
        key = self._keys.signing
        signed = f"{key.header}.{_encode(msgspec.json.encode(claims))}"
        return f"{signed}.{_encode(self._es256.sign(signed.encode(), key.private))}"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
