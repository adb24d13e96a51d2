"""The files of the guests of one host: overlay disks, console logs and sockets.

    <state>/instances/<server>/disk         qcow2 overlay on a cached image; its presence means that it is complete
    <state>/instances/<server>/console.log  what the guest wrote to its serial port
    <state>/run/<server>                    socket of the serial port; short, for a socket's path may have 107 bytes

Directories can be passed through but not listed by others (QEMU need not run as root); files are owner's only.
"""

import errno
import os
import shutil
from pathlib import Path
from uuid import UUID

from compute.agent import commands, durable, faults
from compute.agent.domain import ServerFiles
from compute.agent.images import ImageCache
from compute.messages import DesiredServer

GIB = 1 << 30
_TOOL_MEMORY_BYTES = GIB
_TOOL_CPU_S = 30
_CONSOLE_BYTES_KEPT = 1 << 20
_CONSOLE_BYTES_ALLOWED = 8 << 20


class GuestFiles:
    """Everything below one state directory that belongs to a server."""

    def __init__(self, state_dir: Path, images: ImageCache) -> None:
        self._instances = state_dir / "instances"
        self._sockets = state_dir / "run"
        self._images = images

    def prepare(self) -> None:
        """Make the directories; idempotent."""
        for directory in (self._instances, self._sockets):
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(0o711)

    def of(self, server: DesiredServer) -> ServerFiles:
        """The paths of a server, whether they exist or not."""
        directory = self._directory(server.id)
        return ServerFiles(
            disk=directory / "disk",
            backing=self._images.path(server.image),
            backing_format=server.image.disk_format,
            console_log=directory / "console.log",
            console_socket=self._sockets / str(server.id),
        )

    def server_ids(self) -> set[UUID]:
        """Every server of which there is a directory."""
        return {UUID(entry.name) for entry in self._instances.iterdir() if _is_uuid(entry.name)}

    def has_any(self, server_id: UUID) -> bool:
        return self._directory(server_id).exists()

    def has_disk(self, server_id: UUID) -> bool:
        return (self._directory(server_id) / "disk").exists()

    async def create_disk(self, server: DesiredServer) -> None:
        """An overlay of the flavor's size on the server's image, which must be in the cache.

        A flavor of 0 GB takes the image's own size. Raises ImageRejected when the image needs more than the flavor
        gives, DiskFull, CommandFailed. An interrupted creation leaves no `disk`.
        """
        image_bytes = await self._images.virtual_size(server.image)
        size_bytes = server.flavor.disk_gb * GIB or image_bytes
        if image_bytes > size_bytes:
            raise faults.ImageRejected(f"the image needs {image_bytes} bytes, the flavor gives {size_bytes}")
        paths = self.of(server)
        try:
            await self._create_overlay(paths, size_bytes)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise faults.DiskFull("the disk is full", str(error)) from error
            raise

    def remove(self, server_id: UUID) -> None:
        """Disk, console and socket; nothing happens when they are not there. Blocks for as long as the disk is large."""
        (self._sockets / str(server_id)).unlink(missing_ok=True)
        shutil.rmtree(self._directory(server_id), ignore_errors=False, onerror=_unless_missing)

    def console_tail(self, server_id: UUID, max_bytes: int) -> str | None:
        """The end of what the guest wrote to its console, or None when there is no log. At most 1 MiB is read."""
        try:
            with (self._directory(server_id) / "console.log").open("rb") as log:
                length = log.seek(0, os.SEEK_END)
                log.seek(max(0, length - min(max_bytes, _CONSOLE_BYTES_KEPT)))
                return log.read(_CONSOLE_BYTES_KEPT).decode(errors="replace")
        except FileNotFoundError:
            return None

    def bound_consoles(self) -> None:
        """Empty every console log that has grown beyond 8 MiB: a guest may write for ever, the disk is not for that.

        QEMU appends, so it goes on at the new end.
        """
        for log in self._instances.glob("*/console.log"):
            if log.stat().st_size > _CONSOLE_BYTES_ALLOWED:
                os.truncate(log, 0)

    async def _create_overlay(self, paths: ServerFiles, size_bytes: int) -> None:
        paths.disk.parent.mkdir(mode=0o711, exist_ok=True)
        unfinished = paths.disk.with_name("disk.new")
        unfinished.unlink(missing_ok=True)
        create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", paths.backing_format, "-b", str(paths.backing)]
        limits = {"memory_bytes": _TOOL_MEMORY_BYTES, "cpu_s": _TOOL_CPU_S}
        await commands.run(commands.limited([*create, "--", str(unfinished), str(size_bytes)], **limits))
        unfinished.chmod(0o600)
        await durable.in_thread(durable.publish, unfinished, paths.disk)

    def _directory(self, server_id: UUID) -> Path:
        return self._instances / str(server_id)


def _unless_missing(_function: object, _path: str, caught: tuple) -> None:
    if not isinstance(caught[1], FileNotFoundError):
        raise caught[1]


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
