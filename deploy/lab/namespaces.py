"""Network namespaces by name, made and removed with everything in them."""

import json
from dataclasses import dataclass
from pathlib import Path

from deploy.lab.daemons.programs import run

NAMESPACES = Path("/run/netns")


class NamespaceTaken(OSError):
    """A namespace of this name exists and belongs to someone else."""


@dataclass(frozen=True)
class Namespace:
    """A named network namespace, whether it exists or not. The alias of its loopback says whose it is."""

    name: str

    @property
    def path(self) -> Path:
        return NAMESPACES / self.name

    def enter(self, *argv: str) -> list[str]:
        """`argv` run in this namespace; everyone sees what it mounts, unlike with `ip netns exec`."""
        return ["nsenter", f"--net={self.path}", *argv]

    async def create(self, owner: str) -> None:
        """Make the namespace for `owner`, with its loopback up; idempotent. Raises NamespaceTaken."""
        if not self.path.exists():
            await run(["ip", "netns", "add", self.name])
            await run(["ip", "-n", self.name, "link", "set", "lo", "up", "alias", owner])
        elif (found := await self.owner()) != owner:
            raise NamespaceTaken(f"network namespace {self.name} belongs to {found or 'an unknown owner'}")

    async def owner(self) -> str:
        """Who made the namespace, which must exist; empty when it says nothing."""
        (loopback,) = json.loads(await run(["ip", "-n", self.name, "-j", "link", "show", "lo"]))
        return loopback.get("ifalias", "")

    async def delete(self) -> None:
        """Remove the namespace and its interfaces, if it exists. Its processes must have ended before."""
        if self.path.exists():
            await run(["ip", "netns", "delete", self.name])
