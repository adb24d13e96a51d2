"""Our own processes as daemons: `meridian control` and `meridian agent`, each with its settings file."""

import sys
from pathlib import Path

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.programs import run
from deploy.lab.daemons.waiting import socket_accepts
from deploy.lab.namespaces import Namespace

CHECKOUT = Path(__file__).parents[3]


def meridian(command: str, settings: Path) -> list[str]:
    """The command line of `meridian <command>` under this interpreter."""
    return [sys.executable, "-m", "deploy", command, "--settings", str(settings)]


async def run_meridian(command: str, settings: Path) -> None:
    """Run a command of ours that ends by itself. Raises ProgramFailed with what it said."""
    await run(["env", f"PYTHONPATH={CHECKOUT}", *meridian(command, settings)])


class Control(Daemon):
    """`meridian control`, ready when it accepts connections on its unix socket."""

    name = "control"

    def __init__(self, settings: Path, socket: Path, directory: Path, log_directory: Path | None = None) -> None:
        super().__init__(directory, log_directory)
        self.settings = settings
        self.socket = socket

    def command(self) -> list[str]:
        return meridian("control", self.settings)

    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(CHECKOUT)}

    async def is_ready(self) -> bool:
        return await socket_accepts(str(self.socket))


class Agent(Daemon):
    """`meridian agent` inside its host's namespace. It is up as far as this machine can tell once it runs;
    whether control knows it is a question for control."""

    name = "agent"

    def __init__(
        self, settings: Path, namespace: Namespace, directory: Path, log_directory: Path | None = None
    ) -> None:
        super().__init__(directory, log_directory)
        self.settings = settings
        self.namespace = namespace

    def command(self) -> list[str]:
        return self.namespace.enter(*meridian("agent", self.settings))

    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(CHECKOUT)}

    async def is_ready(self) -> bool:
        return True
