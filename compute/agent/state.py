"""What control wants of this host, kept on its own disk: one file per server.

Metadata is served and guests are started again after a power cycle while control is away. The file of a server that
must be absent stays until nothing else of the server does, so that an agent killed in the middle goes on. A file
that cannot be read is set aside and the others are used: control sends what it wants again.
"""

import asyncio
from enum import Enum
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from compute import messages
from compute.agent import durable
from compute.messages import AbsentServer, DesiredServer

log = structlog.get_logger()

Desired = DesiredServer | AbsentServer

_REMEMBERED_REMOVALS = 10_000


class Acceptance(Enum):
    """What became of a desired state that arrived."""

    NEW = "new"
    KNOWN = "known"
    OUTDATED = "outdated"


class DesiredState:
    """The newest desired state of each server of this host, in memory and on disk."""

    def __init__(self, state_dir: Path) -> None:
        self._directory = state_dir / "servers"
        self._servers: dict[UUID, Desired] = {}
        self._removed: dict[UUID, int] = {}
        self._writing = asyncio.Lock()

    def load(self) -> None:
        """Read every file; blocks."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        for path in sorted(self._directory.glob("*.json")):
            try:
                desired = msgspec.json.decode(path.read_bytes(), type=Desired)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                log.error("a desired state cannot be read", path=str(path), error=str(error))
                path.rename(path.with_suffix(".unreadable"))
                continue
            self._servers[desired.id] = desired

    def get(self, server_id: UUID) -> Desired | None:
        return self._servers.get(server_id)

    def __contains__(self, server_id: UUID) -> bool:
        return server_id in self._servers

    def all(self) -> list[Desired]:
        return list(self._servers.values())

    def present(self) -> list[DesiredServer]:
        """Every server that should exist here, running or not."""
        return [each for each in self._servers.values() if isinstance(each, DesiredServer)]

    async def accept(self, desired: Desired) -> Acceptance:
        """Keep a desired state, unless a newer one is known. It is on disk when this returns.

        The same wish under another request id is known. A server that was removed does not come back because an older
        message arrives late.
        """
        async with self._writing:
            known = self._servers.get(desired.id)
            if known is not None and _wants_the_same(known, desired):
                return Acceptance.KNOWN
            if (known and known.generation > desired.generation) or self._was_removed(desired):
                return Acceptance.OUTDATED
            await durable.in_thread(self._write, desired)
            self._servers[desired.id] = desired
            return Acceptance.NEW

    async def forget(self, absent: AbsentServer) -> None:
        """Drop the state of a server of which nothing is left, unless control wants something newer meanwhile."""
        async with self._writing:
            if self._servers.get(absent.id) != absent:
                return
            await durable.in_thread(self._path(absent.id).unlink, True)
            del self._servers[absent.id]
            self._removed[absent.id] = absent.generation
            while len(self._removed) > _REMEMBERED_REMOVALS:
                del self._removed[next(iter(self._removed))]

    def _was_removed(self, desired: Desired) -> bool:
        removed = self._removed.get(desired.id)
        return isinstance(desired, DesiredServer) and removed is not None and desired.generation <= removed

    def _write(self, desired: Desired) -> None:
        unfinished = self._path(desired.id).with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(messages.encode(desired))
        durable.publish(unfinished, self._path(desired.id))

    def _path(self, server_id: UUID) -> Path:
        return self._directory / f"{server_id}.json"


def _wants_the_same(known: Desired, desired: Desired) -> bool:
    return msgspec.structs.replace(known, request_id=desired.request_id) == desired
