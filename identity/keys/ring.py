"""The keys that a running process uses, which follow their directory.

A key is published before it signs: rotation writes it, waits until every process has looked, and then lets it sign. So
whoever meets a token knows its key already, and a verifier never looks for one because a token asks it to.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from identity.keys.keyset import SigningKey, load_keys
from runtime.settings import SettingsError

log = structlog.get_logger()
Stamp = frozenset[tuple[str, int, int, int]]


class KeyRing:
    """Raises SettingsError at the start for keys that cannot be used; later it keeps those that it has, and says so."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stamp = _stamp_of(directory)
        self._keys = load_keys(directory)

    @property
    def signing(self) -> SigningKey:
        return self._keys.signing

    @property
    def verifying(self) -> Mapping[str, EllipticCurvePublicKey]:
        return self._keys.verifying

    async def follow(self, period_s: float) -> None:
        """Looks at the directory every `period_s`, for as long as the process answers."""
        while True:
            await asyncio.sleep(period_s)
            try:
                await asyncio.to_thread(self.look)
            except (SettingsError, OSError) as error:
                log.error("signing keys not read", reason=str(error))

    def look(self) -> None:
        """Takes over what changed since the last look. Raises SettingsError for keys that cannot be used."""
        stamp = _stamp_of(self._directory)
        if stamp != self._stamp:
            self._keys = load_keys(self._directory)
            self._stamp = stamp
            log.info("signing keys read", signing=self._keys.signing.id, verifying=len(self._keys.verifying))


def _stamp_of(directory: Path) -> Stamp:
    """What changes with any file of the directory; files appear whole, so a change seen half leads to another look."""
    found = ((path.name, path.stat()) for path in directory.iterdir() if not path.name.startswith("."))
    return frozenset((name, stat.st_ino, stat.st_mtime_ns, stat.st_mode) for name, stat in found)
