"""ovn-controller of one host: turns the southbound database into flows of the host's Open vSwitch."""

from pathlib import Path

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.ovs import Vswitchd
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.waiting import until


class OvnController(Daemon):
    """Runs beside `switch`, whose external_ids name this chassis and the southbound database.

    It is ready when its Chassis row exists. It is started only once SB_Global has its row: without it,
    ovn-controller 23.03 aborts.
    """

    name = "ovn-controller"

    def __init__(
        self, switch: Vswitchd, southbound: OvsdbServer, directory: Path, log_directory: Path | None = None
    ) -> None:
        super().__init__(directory, log_directory)
        self.switch = switch
        self.southbound = southbound

    async def prepare(self) -> None:
        await until(self._southbound_is_set_up, self.start_timeout_s)

    def command(self) -> list[str]:
        return self.switch.namespace.enter(
            "ovn-controller",
            "--no-chdir",
            "-vsyslog:off",
            "-vconsole:info",
            self.switch.database.remote,
        )

    def environment(self) -> dict[str, str]:
        return {"OVS_RUNDIR": str(self.directory), "OVN_RUNDIR": str(self.directory)}

    async def is_ready(self) -> bool:
        chassis = await self.southbound.rows("Chassis")
        return any(row["name"] == self.switch.external_ids["system-id"] for row in chassis)

    async def _southbound_is_set_up(self) -> bool:
        try:
            return bool(await self.southbound.rows("SB_Global"))
        except (FileNotFoundError, ConnectionError):
            return False
