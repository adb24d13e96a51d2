"""The bytes of images: one file per content, named by its SHA-512, made visible by one rename.

Data flow: `receive` streams to `incoming/`, hashing as it goes; `inspect` proves the format; `keep` fsyncs and
renames to `<sha512[:2]>/<sha512>`. A crash before the rename leaves a file in `incoming/`, one after it a content
that no row names; `sweep` removes both. All disk work runs in threads.
"""

import asyncio
import contextlib
import hashlib
import os
import time
import uuid
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path

import structlog

from runtime.errors import BadRequest, BodyTooLarge

log = structlog.get_logger()
STALE_AFTER_S = 24 * 3600


@dataclass(frozen=True)
class Received:
    """A complete upload in a private file. Digests are hexadecimal."""

    path: Path
    size_bytes: int
    md5: str
    sha512: str


class ContentStore:
    """A directory of image contents. `largest_bytes` bounds one upload."""

    def __init__(self, directory: Path, largest_bytes: int) -> None:
        self._directory = directory
        self._incoming = directory / "incoming"
        self._largest_bytes = largest_bytes
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, sha512: str) -> Path:
        return self._directory / sha512[:2] / sha512

    async def receive(self, chunks: AsyncIterator[bytes]) -> Received:
        """Reads an upload to its end. Raises BodyTooLarge, BadRequest for one that ends too early; whatever is
        raised, no file stays behind."""
        path = self._incoming / uuid.uuid4().hex
        md5, sha512, size = hashlib.md5(usedforsecurity=False), hashlib.sha512(), 0

        def write(file: object, chunk: bytes) -> None:
            md5.update(chunk)
            sha512.update(chunk)
            file.write(chunk)

        try:
            with open(path, "xb", opener=_private) as file:
                async for chunk in _until_hung_up(chunks):
                    size += len(chunk)
                    if size > self._largest_bytes:
                        raise BodyTooLarge(f"An image has at most {self._largest_bytes} bytes.")
                    await asyncio.to_thread(write, file, chunk)
                await asyncio.to_thread(_flush, file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Received(path, size, md5.hexdigest(), sha512.hexdigest())

    async def keep(self, received: Received) -> None:
        """Gives the content its final name; the same content twice is one file."""
        await asyncio.to_thread(self._rename, received.path, self.path(received.sha512))

    def discard(self, received: Received) -> None:
        received.path.unlink(missing_ok=True)

    def remove(self, sha512: str) -> None:
        """Removes a content. The caller holds the lock of that content and has seen that no row names it."""
        self.path(sha512).unlink(missing_ok=True)

    async def sweep(self, named: Collection[str]) -> None:
        """Removes files older than a day that no row names (`named` holds SHA-512 digests)."""
        await asyncio.to_thread(self._sweep, set(named))

    def _sweep(self, named: set[str]) -> None:
        before = time.time() - STALE_AFTER_S
        for path in self._directory.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.name not in named and path.stat().st_mtime < before:
                    path.unlink()
                    log.info("removed image content that no image names", content=path.name)

    @staticmethod
    def _rename(source: Path, target: Path) -> None:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        source.rename(target)
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


async def _until_hung_up(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks; BadRequest when the client went away before the last one."""
    try:
        async for chunk in chunks:
            yield chunk
    except ConnectionResetError as error:
        raise BadRequest("The connection ended before the image data did.") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _flush(file: object) -> None:
    file.flush()
    os.fsync(file.fileno())
