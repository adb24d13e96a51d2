"""SSH keys as text: checked, fingerprinted, generated. Pure but for the generator's randomness."""

import hashlib
from base64 import b64decode
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from runtime.errors import BadRequest

GENERATED_BITS = 2048


class KeyPair(NamedTuple):
    """`private_key` is PEM text and exists only on its way to the user; it must not be logged or stored."""

    public_key: str
    private_key: str

    def __repr__(self) -> str:
        return f"KeyPair({self.public_key!r}, ***)"


def check_public_key(text: str) -> str:
    """The one OpenSSH line that `text` holds, without surrounding white space.

    Raises BadRequest for anything that is not exactly one public key that `ssh` would load.
    """
    line = text.strip()
    if "\n" in line or "\r" in line or not line.isprintable():
        raise BadRequest("Invalid input for keypair.public_key: expected one line in OpenSSH's format.")
    try:
        serialization.load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadRequest("Invalid input for keypair.public_key: not a public key in OpenSSH's format.") from error
    return line


def fingerprint(public_key: str) -> str:
    """The MD5 of the key's bytes as sixteen hex pairs with colons. Source: RFC 4716, section 4."""
    digest = hashlib.md5(b64decode(public_key.split()[1]), usedforsecurity=False).hexdigest()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))


def generate() -> KeyPair:
    """A new RSA key pair; takes about a tenth of a second of CPU, so a KeyMaker calls it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=GENERATED_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return KeyPair(f"{public.decode()} Generated-by-Meridian", private.decode())
