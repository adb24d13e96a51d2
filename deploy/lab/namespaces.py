"""Network namespaces by name, made and removed with everything in them."""

from dataclasses import dataclass
from pathlib import Path

from deploy.lab.daemons.programs import run

NAMESPACES = Path("/run/netns")


@dataclass(frozen=True)
class Namespace:
    """A named network namespace, whether it exists or not."""

    name: str

    @property
    def path(self) -> Path:
        return NAMESPACES / self.name

    def enter(self, *argv: str) -> list[str]:
        """`argv` run in this namespace; everyone sees what it mounts, unlike with `ip netns exec`."""
        return ["nsenter", f"--net={self.path}", *argv]

    async def create(self) -> None:
        """Make the namespace with its loopback up, unless it exists."""
        if not self.path.exists():
            await run(["ip", "netns", "add", self.name])
        await run(self.enter("ip", "link", "set", "lo", "up"))

    async def delete(self) -> None:
        """Remove the namespace and its interfaces, if it exists. Its processes must have ended before."""
        if self.path.exists():
            await run(["ip", "netns", "delete", self.name])
