"""The verifying keys as others know them: a JSON Web Key Set (RFC 7517). Pure."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from identity.keys.keyset import ALGORITHM

COORDINATE_BYTES = 32


def render_jwks(verifying: Mapping[str, EllipticCurvePublicKey]) -> dict[str, Any]:
    """`verifying` maps the header of tokens to the key, as a KeySet has it."""
    return {"keys": [_render(header, key) for header, key in verifying.items()]}


def _render(header: str, key: EllipticCurvePublicKey) -> dict[str, str]:
    said = msgspec.json.decode(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    numbers = key.public_numbers()
    point = {"x": _encode(numbers.x), "y": _encode(numbers.y)}
    return {"kty": "EC", "crv": "P-256", "use": "sig", "alg": ALGORITHM, "kid": said["kid"], **point}


def _encode(coordinate: int) -> str:
    return base64.urlsafe_b64encode(coordinate.to_bytes(COORDINATE_BYTES, "big")).rstrip(b"=").decode()
