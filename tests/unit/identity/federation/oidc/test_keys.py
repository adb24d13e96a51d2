"""Which keys of a published set tokens may be checked with."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from identity.federation.oidc.keys import ALGORITHMS, choose_key, read_keys

RSA_KEY = rsa.generate_private_key(65537, 2048)


def rsa_jwk(**more: Any) -> dict[str, Any]:
    return json.loads(RSAAlgorithm.to_jwk(RSA_KEY.public_key())) | {"kid": "a"} | more


def ec_jwk(curve: ec.EllipticCurve, **more: Any) -> dict[str, Any]:
    return json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(curve).public_key())) | {"kid": "b"} | more


def okp_jwk() -> dict[str, Any]:
    return json.loads(OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate().public_key())) | {"kid": "c"}


def test_keys_have_the_algorithms_of_their_kind() -> None:
    keys = read_keys({"keys": [rsa_jwk(), ec_jwk(ec.SECP256R1()), ec_jwk(ec.SECP521R1(), kid="d"), okp_jwk()]})
    assert [(key.id, key.algorithms[0]) for key in keys] == [
        ("a", "RS256"),
        ("b", "ES256"),
        ("d", "ES512"),
        ("c", "EdDSA"),
    ]
    assert read_keys({"keys": [rsa_jwk(alg="PS256")]})[0].algorithms == ("PS256",)
    assert not any(name.startswith("HS") or name == "none" for name in ALGORITHMS)


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
        {"kty": "oct", "k": "", "kid": "a", "alg": "HS256"},
        rsa_jwk(use="enc"),
        rsa_jwk(alg="HS256"),
        rsa_jwk(alg="none"),
        rsa_jwk(kid=7),
        rsa_jwk(n="AQAB"),
        rsa_jwk(n=None),
        rsa_jwk(n="!"),
        ec_jwk(ec.SECP256R1(), crv="secp256k1"),
        ec_jwk(ec.SECP256R1(), x="AQAB"),
        ec_jwk(ec.SECP256R1(), alg="RS256"),
        ec_jwk(ec.SECP256R1(), crv=["P-256"]),
        {"kty": "RSA"},
        {"kty": ["RSA"]},
        "RSA",
        None,
    ],
    ids=lambda jwk: str(jwk)[:24],
)
def test_threat_J1_secret_or_weak_key_is_no_key(jwk: Any) -> None:
    assert read_keys({"keys": [jwk]}) == []


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": "x"}, {"keys": None}])
def test_document_without_keys_has_none(document: dict[str, Any]) -> None:
    assert read_keys(document) == []


def test_weak_key_of_1024_bits_is_passed_over() -> None:
    weak = rsa.generate_private_key(65537, 1024).public_key()
    assert read_keys({"keys": [json.loads(RSAAlgorithm.to_jwk(weak))]}) == []


def test_private_parts_are_not_taken_over() -> None:
    (key,) = read_keys({"keys": [json.loads(RSAAlgorithm.to_jwk(RSA_KEY)) | {"kid": "a"}]})
    assert isinstance(key.key, rsa.RSAPublicKey)


def test_key_without_a_name_is_chosen_only_when_there_is_no_other() -> None:
    keys = read_keys({"keys": [rsa_jwk(), ec_jwk(ec.SECP256R1())]})
    assert choose_key(keys, None, "RS256") == keys[0]
    assert choose_key(keys, "a", "ES256") is None
    assert choose_key(keys, "other", "RS256") is None
    twins = read_keys({"keys": [rsa_jwk(), rsa_jwk(kid="z")]})
    assert choose_key(twins, None, "RS256") is None
    assert choose_key(read_keys({"keys": [rsa_jwk(), rsa_jwk()]}), "a", "RS256") is None
