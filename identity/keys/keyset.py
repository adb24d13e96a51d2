"""The ES256 keys of a directory: `<key id>.pem` each, and `signing`, the id of the one that signs.

A token's header is fixed text per key, so a verifier looks the header up as it stands and never parses what a
stranger wrote: no algorithm, URL or embedded key can be chosen from outside.
"""

import base64
import re
import secrets
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)

from identity.keys.private_files import read_private, write_private
from runtime.settings import SettingsError

ALGORITHM = "ES256"
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class SigningKey(msgspec.Struct, frozen=True):
    """`header` is the first part of every token that the key signs, base64url without padding."""

    id: str
    header: str
    private: EllipticCurvePrivateKey


class Keys(Protocol):
    """Keys as they are at the moment of asking."""

    @property
    def signing(self) -> SigningKey: ...

    @property
    def verifying(self) -> Mapping[str, EllipticCurvePublicKey]: ...


class KeySet(msgspec.Struct, frozen=True):
    """`verifying` maps a token's header to the public key that checks it."""

    signing: SigningKey
    verifying: Mapping[str, EllipticCurvePublicKey]


def header_of(key_id: str) -> str:
    header = msgspec.json.encode({"alg": ALGORITHM, "kid": key_id, "typ": "JWT"})
    return base64.urlsafe_b64encode(header).rstrip(b"=").decode()


def create_keys(directory: Path) -> None:
    """Makes the directory and its first key; leaves a directory that has a signing key as it is."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (directory / "signing").exists():
        choose_key(directory, add_key(directory))


def add_key(directory: Path) -> str:
    """The id of a new key, which verifies from now on and signs nothing yet."""
    key_id = f"{time.strftime('%Y%m%d')}-{secrets.token_hex(4)}"
    pem = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(directory / f"{key_id}.pem", pem)
    return key_id


def choose_key(directory: Path, key_id: str) -> None:
    """From now on the key of that id signs."""
    write_private(directory / "signing", key_id.encode())


def signing_id(directory: Path) -> str:
    """The id of the key that signs. Raises SettingsError."""
    return read_private(directory / "signing").decode(errors="replace").strip()


def load_keys(directory: Path) -> KeySet:
    """The keys of `directory`. Raises SettingsError, naming the file, for anything but private P-256 keys in a
    directory that nobody else can write to."""
    chosen = signing_id(directory)
    if directory.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SettingsError(f"{directory}: others may write to it; chmod 700")
    keys = {path.stem: _load_key(path) for path in sorted(directory.glob("*.pem"))}
    if chosen not in keys:
        raise SettingsError(f"{directory}/signing: names no key of this directory")
    return KeySet(
        signing=SigningKey(chosen, header_of(chosen), keys[chosen]),
        verifying={header_of(key_id): key.public_key() for key_id, key in keys.items()},
    )


def _load_key(path: Path) -> EllipticCurvePrivateKey:
    if not KEY_ID.fullmatch(path.stem):
        raise SettingsError(f"{path}: a key id is 1 to 64 letters, digits, - and _")
    try:
        key = serialization.load_pem_private_key(read_private(path), password=None)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{path}: not a private key in PEM") from error
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise SettingsError(f"{path}: expected an elliptic curve key on P-256")
    return key
