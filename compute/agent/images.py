"""The image cache of one host: bytes come from control once, are checked, and then never change.

    <state>/images/<image id>-<first 32 of its sha512>

A file has that name only after its size, its sha512 and its format were found to be what control's database says, so
presence means trust; a download that was interrupted has another name. The format is looked at by an inspector that
reads headers and runs nothing, before any tool opens the file: an image with a backing file, an external data file,
unknown features or two formats at once is refused.
"""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import UUID

from oslo_utils.imageutils import format_inspector

from compute.agent import durable, faults
from compute.messages import Image

Download = Callable[[UUID], AbstractAsyncContextManager[AsyncIterator[bytes]]]

# A partition table alone does not make a raw disk anything else than raw.
_NAMES_OF_RAW = {"raw", "gpt"}


class ImageCache:
    """`download(image_id)` opens the image's bytes as control sends them."""

    def __init__(self, state_dir: Path, download: Download) -> None:
        self._directory = state_dir / "images"
        self._download = download
        self._fetching: dict[Path, asyncio.Task[None]] = {}

    def prepare(self) -> None:
        """Make the directory and remove what interrupted downloads left."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._directory.chmod(0o711)
        for leftover in self._directory.glob("*.part"):
            leftover.unlink()

    def path(self, image: Image) -> Path:
        return self._directory / f"{image.id}-{image.sha512[:32]}"

    def has(self, image: Image) -> bool:
        return self.path(image).exists()

    async def fetch(self, image: Image) -> None:
        """Return when the image is in the cache; whoever asks for the same image meanwhile waits for the same bytes.

        Raises ImageUnavailable, ImageRejected, DiskFull, ControlAway.
        """
        path = self.path(image)
        if path.exists():
            return
        if path not in self._fetching:
            task = self._fetching[path] = asyncio.create_task(self._fetch(image, path))
            task.add_done_callback(lambda _task: self._fetching.pop(path))
        await asyncio.shield(self._fetching[path])

    async def virtual_size(self, image: Image) -> int:
        """Bytes of the disk inside a cached image; the file is inspected again. Raises ImageRejected."""
        return await durable.in_thread(_inspect, self.path(image), image)

    def remove_all_but(self, images: set[Path]) -> None:
        """Forget every cached image whose path is not given; a guest's disk needs the image it was made from."""
        for path in self._directory.iterdir():
            if path not in images and path not in self._fetching and path.suffix != ".part":
                path.unlink()

    async def _fetch(self, image: Image, path: Path) -> None:
        unfinished = path.with_name(path.name + ".part")
        try:
            await self._receive(image, unfinished)
            await durable.in_thread(_inspect, unfinished, image)
            await durable.in_thread(durable.publish, unfinished, path)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise faults.DiskFull("the disk is full", str(error)) from error
            raise
        finally:
            unfinished.unlink(missing_ok=True)

    async def _receive(self, image: Image, unfinished: Path) -> None:
        digest, received = hashlib.sha512(), 0
        with unfinished.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            async with self._download(image.id) as chunks:
                async for chunk in chunks:
                    received += len(chunk)
                    if received > image.size_bytes:
                        break
                    await asyncio.to_thread(_take, chunk, digest, file)
        if received != image.size_bytes or digest.hexdigest() != image.sha512:
            raise faults.ImageRejected("the image is not the one in the database", f"{image.id}: {received} bytes")


def _take(chunk: bytes, digest: "hashlib._Hash", file: object) -> None:
    digest.update(chunk)
    file.write(chunk)


def _inspect(path: Path, image: Image) -> int:
    """The virtual size of an image that is what it claims; raises ImageRejected."""
    try:
        found = format_inspector.detect_file_format(str(path))
        _require_format(found, image)
        found.safety_check()
    except (format_inspector.ImageFormatError, format_inspector.SafetyCheckFailed) as error:
        raise faults.ImageRejected("the image cannot be trusted", f"{image.id}: {error}") from error
    return found.virtual_size if image.disk_format != "raw" else path.stat().st_size


def _require_format(found: format_inspector.FileInspector | None, image: Image) -> None:
    names = _NAMES_OF_RAW if image.disk_format == "raw" else {image.disk_format}
    if found is None or found.NAME not in names:
        raise faults.ImageRejected(f"the image is not {image.disk_format}", f"{image.id}: {found}")
