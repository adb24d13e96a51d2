"""Tokens that nobody of ours has made, or not in this form: every one is refused."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import ECAlgorithm

from identity.keys.keyset import create_keys, load_keys
from identity.tokens.issuer import Issuer
from runtime.errors import Unauthorized
from tests.unit.identity.tokens.conftest import NOW, Desk, some_claims

SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def refuses(desk: Desk, token: str) -> None:
    with pytest.raises(Unauthorized):
        desk.verifier.verify(token)


def encode(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def payload() -> bytes:
    return msgspec.json.encode(some_claims())


def signed_by_us(desk: Desk, header: str, body: str) -> str:
    """Our own key's signature over any header and body: what a forger would love to have."""
    text = f"{header}.{body}"
    signature = ECAlgorithm(SHA256).sign(text.encode(), desk.keys.signing.private)
    return f"{text}.{encode(signature)}"


def public_key_spellings(desk: Desk) -> Iterator[bytes]:
    (key,) = desk.keys.verifying.values()
    pem = key.public_bytes(serialization.Encoding.PEM, SPKI)
    yield pem
    yield pem.strip()
    yield pem.replace(b"\n", b"\r\n")
    yield pem.replace(b"\n", b" ")
    yield b"  " + pem
    yield key.public_bytes(serialization.Encoding.DER, SPKI)
    yield ECAlgorithm(SHA256).to_jwk(key).encode()
    yield b""


def test_threat_J1_hmac_with_our_public_key_is_refused(desk: Desk) -> None:
    for secret in public_key_spellings(desk):
        for header in (
            desk.keys.signing.header,
            encode({"alg": "HS256", "kid": desk.keys.signing.id, "typ": "JWT"}),
        ):
            text = f"{header}.{encode(payload())}"
            refuses(desk, f"{text}.{encode(hmac.digest(secret, text.encode(), hashlib.sha256))}")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "ES384", "RS256", "es256", ["ES256"], 256])
def test_threat_J1_algorithm_is_never_taken_from_the_token(desk: Desk, algorithm: object) -> None:
    header = encode({"alg": algorithm, "kid": desk.keys.signing.id, "typ": "JWT"})
    refuses(desk, f"{header}.{encode(payload())}.")
    refuses(desk, signed_by_us(desk, header, encode(payload())))


@pytest.mark.parametrize(
    "kid",
    ["../signing", "'; --", "http://127.0.0.1:9/key", "file:///etc/passwd", ["x"], None, 7, "k" * 1_000_000, ""],
    ids=lambda kid: repr(kid)[:20],
)
def test_threat_J2_key_id_only_names_a_key_in_memory(desk: Desk, kid: object) -> None:
    refuses(desk, signed_by_us(desk, encode({"alg": "ES256", "kid": kid, "typ": "JWT"}), encode(payload())))


def test_threat_J2_key_of_a_stranger_is_refused(desk: Desk, tmp_path: Path) -> None:
    create_keys(tmp_path / "strange")
    refuses(desk, Issuer(load_keys(tmp_path / "strange")).issue(some_claims()))
    stranger = generate_private_key(SECP256R1())
    text = f"{desk.keys.signing.header}.{encode(payload())}"
    refuses(desk, f"{text}.{encode(ECAlgorithm(SHA256).sign(text.encode(), stranger))}")


@pytest.mark.parametrize(
    "more",
    [
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"jku": "http://127.0.0.1:9/"},
        {"jwk": {"kty": "EC"}},
        {"x5u": "http://127.0.0.1:9/"},
        {"x5c": []},
        {"cty": "JWT"},
        {"zip": "DEF"},
    ],
    ids=lambda more: min(more),
)
def test_threat_J3_any_further_header_key_is_refused(desk: Desk, more: dict[str, object]) -> None:
    header = {"alg": "ES256", "kid": desk.keys.signing.id, "typ": "JWT"}
    refuses(desk, signed_by_us(desk, encode(header | more), encode(payload())))


def test_threat_J3_missing_header_key_is_refused(desk: Desk) -> None:
    whole = {"alg": "ES256", "kid": desk.keys.signing.id, "typ": "JWT"}
    for key in whole:
        header = {name: value for name, value in whole.items() if name != key}
        refuses(desk, signed_by_us(desk, encode(header), encode(payload())))


WRONG_VALUES = (None, [], {}, "", True)


@pytest.mark.parametrize("claim", list(msgspec.to_builtins(some_claims())))
def test_threat_J4_claim_that_is_missing_or_of_a_wrong_type_is_refused(desk: Desk, claim: str) -> None:
    whole = msgspec.to_builtins(some_claims())
    header = desk.keys.signing.header
    desk.verifier.verify(signed_by_us(desk, header, encode(whole)))
    missing = {name: value for name, value in whole.items() if name != claim}
    refuses(desk, signed_by_us(desk, header, encode(missing)))
    for value in WRONG_VALUES:
        if (claim, value) in (
            ("user_name", ""),
            ("scope", None),
            ("delegation", None),
            ("federation", None),
            ("roles", []),
        ):
            continue
        refuses(desk, signed_by_us(desk, header, encode(whole | {claim: value})))


@pytest.mark.parametrize("claim", ["iss", "aud"])
@pytest.mark.parametrize("value", ["meridia", "meridian2", "a meridian", "Meridian", ["meridian"], "meridian\x00"])
def test_threat_J4_issuer_and_audience_are_compared_whole(desk: Desk, claim: str, value: object) -> None:
    whole = msgspec.to_builtins(some_claims()) | {claim: value}
    refuses(desk, signed_by_us(desk, desk.keys.signing.header, encode(whole)))


@pytest.mark.parametrize("change", [{"jti": "e" * 32}, {"nbf": 1}, {"roles": "admin"}, {"exp": str(NOW + 9)}])
def test_threat_J4_claims_of_another_shape_are_refused(desk: Desk, change: dict[str, object]) -> None:
    whole = msgspec.to_builtins(some_claims()) | change
    refuses(desk, signed_by_us(desk, desk.keys.signing.header, encode(whole)))


def respellings(token: str) -> Iterator[str]:
    """The same bytes written otherwise: padded, with junk around, with spare bits set, in the other alphabet."""
    for number, part in enumerate(parts := token.split(".")):
        for tail in ("=", "==", "A", "!", "\n", " ", "%00"):
            yield ".".join([*parts[:number], part + tail, *parts[number + 1 :]])
        if len(part) % 4:
            spare = BASE64URL[BASE64URL.index(part[-1]) ^ 1]
            yield ".".join([*parts[:number], part[:-1] + spare, *parts[number + 1 :]])
    yield token + "."
    yield "." + token
    yield token.upper()
    if "-" in token or "_" in token:
        yield token.replace("-", "+").replace("_", "/")


def test_threat_J5_token_has_one_spelling(desk: Desk) -> None:
    token = desk.issuer.issue(some_claims())
    for other in respellings(token):
        refuses(desk, other)


def test_threat_J5_revoked_token_stays_revoked_with_another_valid_signature(desk: Desk) -> None:
    token = desk.issuer.issue(some_claims())
    again = desk.issuer.issue(some_claims())
    assert token != again
    desk.ended.before["token/" + "b" * 32] = NOW
    refuses(desk, token)
    refuses(desk, again)


FORMS: list[Callable[[str], str]] = [
    lambda token: json.dumps(dict(zip(("protected", "payload", "signature"), token.split("."), strict=True))),
    lambda token: token + ".e.e",
    lambda token: token.rpartition(".")[0],
    lambda token: token.split(".")[0],
    lambda token: token.split(".")[0] + ".." + token.split(".")[2],
    lambda token: "",
    lambda token: ".",
    lambda token: "..",
    lambda token: "Bearer " + token,
    lambda token: token + "\x00",
    lambda token: token + "é",
    lambda token: "a" * 1_000_000,
    lambda token: "." * 1_000_000,
]


@pytest.mark.parametrize("form", FORMS)
def test_threat_J11_only_the_compact_form_is_read(desk: Desk, form: Callable[[str], str]) -> None:
    refuses(desk, form(desk.issuer.issue(some_claims())))


def test_threat_J11_header_with_duplicate_keys_is_refused(desk: Desk) -> None:
    header = encode(b'{"alg":"none","alg":"ES256","kid":"%s","typ":"JWT"}' % desk.keys.signing.id.encode())
    refuses(desk, signed_by_us(desk, header, encode(payload())))


def test_threat_J11_payload_of_another_token_is_refused(desk: Desk) -> None:
    first = desk.issuer.issue(some_claims()).split(".")
    second = desk.issuer.issue(some_claims(sub="f" * 32)).split(".")
    refuses(desk, ".".join([first[0], second[1], first[2]]))
