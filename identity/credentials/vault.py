"""What is kept encrypted: AES-256-GCM with the key of a file that its owner alone may read.

The owner's id is bound to what is sealed, so that a row moved to another user opens no more.
"""

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from identity.keys.private_files import read_private, write_private
from runtime.settings import SettingsError

KEY_BYTES = 32
NONCE_BYTES = 12
NAME = "credentials.key"


def create_vault_key(directory: Path) -> None:
    """Makes the key once; without it, nothing that was sealed can be read again."""
    if not (directory / NAME).exists():
        write_private(directory / NAME, secrets.token_bytes(KEY_BYTES))


class Vault:
    """Raises SettingsError, naming the file, for a key that is not there or that others may read."""

    def __init__(self, directory: Path) -> None:
        key = read_private(directory / NAME)
        if len(key) != KEY_BYTES:
            raise SettingsError(f"{directory / NAME}: expected {KEY_BYTES} bytes")
        self._cipher = AESGCM(key)

    def seal(self, text: str, owner: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), owner.encode())

    def open(self, sealed: bytes, owner: str) -> str | None:
        """What was sealed for this owner; None when it was not, or with another key."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode()).decode()
        except InvalidTag:
            return None
