"""Which keys a process starts with, and which it refuses."""

import os
import re
import stat
import time
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from identity.keys.jwks import render_jwks
from identity.keys.keyset import create_keys, load_keys
from identity.keys.ring import KeyRing
from identity.keys.rotation import KEEP_S, rotate
from identity.tokens.issuer import Issuer
from runtime.settings import SettingsError
from tests.unit.identity.tokens.conftest import some_claims


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def write_key(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(pem)
    path.chmod(0o600)


def test_keys_are_made_once_and_for_the_owner_alone(directory: Path) -> None:
    first = load_keys(directory).signing.id
    create_keys(directory)
    assert load_keys(directory).signing.id == first
    for path in (directory, *directory.iterdir()):
        assert path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) == 0


def test_one_key_signs_and_every_key_verifies(directory: Path) -> None:
    write_key(directory / "older.pem", ec.generate_private_key(ec.SECP256R1()))
    keys = load_keys(directory)
    assert keys.signing.id != "older"
    assert len(keys.verifying) == 2


def test_threat_J6_directory_without_keys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="signing"):
        load_keys(tmp_path)


@pytest.mark.parametrize("name", ["signing", "*.pem"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_threat_J6_key_that_others_may_read_is_refused(directory: Path, name: str, mode: int) -> None:
    (path,) = directory.glob(name)
    path.chmod(mode)
    with pytest.raises(SettingsError, match=f"{re.escape(str(path))}.*others may read"):
        load_keys(directory)


def test_threat_J6_empty_key_is_refused(directory: Path) -> None:
    (path,) = directory.glob("*.pem")
    path.write_bytes(b"")
    with pytest.raises(SettingsError, match="not a private key"):
        load_keys(directory)


@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(public_exponent=65537, key_size=1024)],
    ids=["P-384", "RSA"],
)
def test_threat_J6_key_of_another_kind_is_refused(
    directory: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    (path,) = directory.glob("*.pem")
    write_key(path, key)
    with pytest.raises(SettingsError, match="P-256"):
        load_keys(directory)


def test_threat_J6_signing_key_must_be_there(directory: Path) -> None:
    (directory / "signing").write_text("another")
    with pytest.raises(SettingsError, match="names no key"):
        load_keys(directory)


def test_threat_J6_directory_that_others_may_write_to_is_refused(directory: Path) -> None:
    directory.chmod(0o730)
    with pytest.raises(SettingsError, match="others may write"):
        load_keys(directory)


def test_new_key_signs_and_the_one_before_verifies(directory: Path) -> None:
    before = load_keys(directory)
    said: list[str] = []
    new = rotate(directory, notice_s=0, tell=said.append)
    after = load_keys(directory)
    assert (after.signing.id, new in said[0]) == (new, True)
    assert before.verifying.keys() < after.verifying.keys()


def test_key_is_deleted_when_its_last_token_ended_long_ago(directory: Path) -> None:
    first = load_keys(directory).signing.id
    long_ago = time.time() - KEEP_S - 60
    os.utime(directory / f"{first}.pem", (long_ago, long_ago))
    second = rotate(directory, notice_s=0)
    assert (directory / f"{first}.pem").exists(), "it signed until now"
    rotate(directory, notice_s=0)
    assert (directory / f"{first}.pem").exists()
    os.utime(directory / f"{first}.pem", (long_ago, long_ago))
    rotate(directory, notice_s=0)
    assert not (directory / f"{first}.pem").exists()
    assert (directory / f"{second}.pem").exists()


def test_ring_follows_its_directory_and_keeps_good_keys_when_it_turns_bad(directory: Path) -> None:
    ring = KeyRing(directory)
    new = rotate(directory, notice_s=0)
    assert ring.signing.id != new
    ring.look()
    assert ring.signing.id == new
    (directory / f"{new}.pem").chmod(0o644)
    with pytest.raises(SettingsError):
        ring.look()
    assert ring.signing.id == new
    (directory / f"{new}.pem").chmod(0o600)
    ring.look()


def test_published_keys_verify_tokens_of_ours(directory: Path) -> None:
    keys = load_keys(directory)
    token = Issuer(keys).issue(some_claims())
    key = jwt.PyJWKSet.from_dict(render_jwks(keys.verifying))[keys.signing.id]
    claims = jwt.decode(token, key, ["ES256"], audience="meridian", options={"verify_exp": False, "verify_iat": False})
    assert claims["sub"] == some_claims().sub
