"""`python -m tests.real.compute.agent.agent_process SETTINGS`: one agent as a process, and the daemon that runs it."""

import asyncio
import sys
from pathlib import Path

import uvloop

from compute.agent import main
from compute.agent.settings import AgentSettings
from deploy.lab.daemons.daemon import Daemon
from runtime.logs import configure
from runtime.settings import load
from tests.daemons.hypervisor import Hypervisor
from tests.real.compute.agent.control_side import HOST

ROOT = Path(__file__).parents[4]

SETTINGS = """\
host = "{host}"
state_dir = "{state}"
ovsdb = "{ovsdb}"
libvirt_uri = "{libvirt_uri}"
inventory_period_s = 1.0
shutdown_timeout_s = 8.0
detach_timeout_s = 10.0
install_timeout_s = 20
[control]
url = "http://control"
socket = "{socket}"
user = "agent-{host}"
password = {{ env = "AGENT_PASSWORD" }}
"""


class AgentProcess(Daemon):
    """The agent of a hypervisor, in its namespace, with asyncio's debug mode; may be killed and started again."""

    name = "agent"

    def __init__(self, hypervisor: Hypervisor, control_socket: Path) -> None:
        super().__init__(hypervisor.directory)
        self.state = hypervisor.directory / "state"
        self._namespace = hypervisor.namespace
        self._settings = hypervisor.directory / "agent.toml"
        self._text = SETTINGS.format(
            host=HOST,
            state=self.state,
            ovsdb=hypervisor.ovsdb,
            libvirt_uri=hypervisor.libvirt_uri,
            socket=control_socket,
        )

    async def prepare(self) -> None:
        self._settings.write_text(self._text)

    def command(self) -> list[str]:
        return self._namespace.enter(sys.executable, "-m", __name__, str(self._settings))

    def environment(self) -> dict[str, str]:
        return {"AGENT_PASSWORD": "secret", "PYTHONPATH": str(ROOT), "PYTHONASYNCIODEBUG": "1"}

    async def is_ready(self) -> bool:
        return (self.state / "servers").exists()


if __name__ == "__main__":
    configure("agent")
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(main.run(load(AgentSettings, Path(sys.argv[1]))))
