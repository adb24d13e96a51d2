"""A private RabbitMQ with its own epmd, for the whole test run, on loopback ports below the ephemeral range."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.programs import run
from tests.daemons.sandbox import free_port, sandbox

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
CTL = "/usr/lib/rabbitmq/bin/rabbitmqctl"


class Epmd(Daemon):
    """Erlang's port mapper. RabbitMQ would start one itself and leave it behind."""

    name = "epmd"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.port = free_port()

    def command(self) -> list[str]:
        return ["epmd", "-address", "127.0.0.1", "-port", str(self.port)]

    async def is_ready(self) -> bool:
        return await _accepts(self.port)


class RabbitMq(Daemon):
    """One node, without plugins, for the built-in user guest."""

    name = "rabbitmq"
    start_timeout_s = 90.0

    def __init__(self, epmd: Epmd, directory: Path) -> None:
        super().__init__(directory)
        self.epmd = epmd
        self.port = free_port()
        self.distribution_port = free_port()

    @property
    def url(self) -> str:
        """The AMQP address of the default virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    async def prepare(self) -> None:
        (self.directory / "plugins").write_text("[].\n")
        (self.directory / "rabbitmq.conf").write_text("log.console = true\nlog.file = false\n")

    def command(self) -> list[str]:
        return [SERVER]

    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.directory),
            "ERL_EPMD_PORT": str(self.epmd.port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.directory / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.directory),
            "RABBITMQ_PID_FILE": str(self.directory / "rabbitmq.pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.directory / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.directory / "rabbitmq.conf"),
        }

    async def is_ready(self) -> bool:
        return await _accepts(self.port)

    async def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl` says to `arguments`. Raises ProgramFailed."""
        variables = [f"{name}={value}" for name, value in self.environment().items()]
        return await run(["env", *variables, CTL, *arguments])


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port, family=socket.AF_INET)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


@pytest.fixture(scope="session")
async def rabbitmq() -> AsyncIterator[RabbitMq]:
    """A RabbitMQ node; tests keep apart by names of queues and exchanges, or by virtual hosts."""
    with sandbox("rabbitmq") as directory:
        epmd = Epmd(directory)
        server = RabbitMq(epmd, directory)
        try:
            await epmd.start()
            await server.start()
            yield server
        finally:
            await server.stop()
            await epmd.stop()
