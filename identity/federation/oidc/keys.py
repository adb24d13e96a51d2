"""The public keys of a key set (RFC 7517), as far as tokens may be checked with them. Pure.

Each key has the algorithms of its own kind, all asymmetric: what a token says of its algorithm chooses among those,
and a key that is a secret is no key here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

MOST_KEYS = 64
RSA_BITS = range(2048, 8193)
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVES = {"P-256": ("ES256",), "P-384": ("ES384",), "P-521": ("ES512",), "Ed25519": ("EdDSA",)}
ALGORITHMS = (*RSA, *(name for names in CURVES.values() for name in names))
PUBLIC_PARTS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
READERS = {"RSA": RSAAlgorithm, "EC": ECAlgorithm, "OKP": OKPAlgorithm}


class PublicKey(NamedTuple):
    id: str | None
    key: Any
    algorithms: tuple[str, ...]


def read_keys(document: Mapping[str, Any]) -> list[PublicKey]:
    """Those keys of the set that can be used; the others are passed over, as RFC 7517 asks."""
    listed = document.get("keys")
    found = map(_read_key, listed[:MOST_KEYS]) if isinstance(listed, list) else ()
    return [key for key in found if key is not None]


def choose_key(keys: Iterable[PublicKey], key_id: str | None, algorithm: str) -> PublicKey | None:
    """The key of that id, or the only one there is for the algorithm when the token names none."""
    fitting = [key for key in keys if algorithm in key.algorithms and key_id in (None, key.id)]
    return fitting[0] if len(fitting) == 1 else None


def _read_key(jwk: Any) -> PublicKey | None:
    if not isinstance(jwk, dict) or not all(isinstance(jwk.get(name, ""), str) for name in ("kty", "crv", "kid")):
        return None
    if jwk.get("use", "sig") != "sig" or jwk.get("kty") not in READERS:
        return None
    key_id = jwk.get("kid")
    algorithms = RSA if jwk["kty"] == "RSA" else CURVES.get(jwk.get("crv", ""), ())
    if "alg" in jwk:
        algorithms = tuple(name for name in algorithms if name == jwk["alg"])
    if not algorithms:
        return None
    public = {"kty": jwk["kty"]} | {part: jwk.get(part) for part in PUBLIC_PARTS[jwk["kty"]]}
    try:
        key = READERS[jwk["kty"]].from_jwk(public)
    except (PyJWTError, ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        return None
    if isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS:
        return None
    return PublicKey(key_id, key, algorithms)
