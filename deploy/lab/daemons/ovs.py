"""Open vSwitch of one host, with the userspace datapath, inside a network namespace."""

from collections.abc import Mapping
from pathlib import Path

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.programs import run
from deploy.lab.namespaces import Namespace

SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")


def switch_database(directory: Path, log_directory: Path | None = None) -> OvsdbServer:
    """The database server of one host's Open vSwitch, with its Open_vSwitch row."""
    return OvsdbServer("ovs-db", "Open_vSwitch", SCHEMA, directory, log_directory, {"Open_vSwitch": {}})


class Vswitchd(Daemon):
    """ovs-vswitchd over `database`; its bridges and taps appear in `namespace` only.

    `external_ids` of the Open_vSwitch row are set at every start, and the configuration's number is raised: the switch is
    ready when it answers with the same number. An abort of the switch is repaired by its own monitor
    process, which keeps taps and bridges.
    """

    name = "ovs-vswitchd"

    def __init__(
        self,
        database: OvsdbServer,
        namespace: Namespace,
        external_ids: Mapping[str, str],
        directory: Path,
        log_directory: Path | None = None,
    ) -> None:
        super().__init__(directory, log_directory)
        self.database = database
        self.namespace = namespace
        self.external_ids = external_ids
        self.control_socket = directory / "ovs-vswitchd.ctl"

    async def prepare(self) -> None:
        settings = [f'external_ids:{key}="{value}"' for key, value in self.external_ids.items()]
        await self.vsctl("--no-wait", "init", "--", "set", "open_vswitch", ".", *settings)
        await self.database.transact(
            {"op": "mutate", "table": "Open_vSwitch", "where": [], "mutations": [["next_cfg", "+=", 1]]}
        )

    def command(self) -> list[str]:
        return self.namespace.enter(
            "ovs-vswitchd",
            "--monitor",
            "--no-chdir",
            "-vsyslog:off",
            "-vconsole:info",
            f"--unixctl={self.control_socket}",
            self.database.remote,
        )

    def environment(self) -> dict[str, str]:
        return {"OVS_RUNDIR": str(self.directory), "OVS_LOGDIR": str(self.log_path.parent)}

    async def is_ready(self) -> bool:
        (row,) = await self.database.rows("Open_vSwitch")
        return row["cur_cfg"] == row["next_cfg"]

    async def vsctl(self, *arguments: str) -> str:
        """Run ovs-vsctl on this switch; without `--no-wait` it returns when the switch has done it."""
        return await run(["ovs-vsctl", f"--db={self.database.remote}", "--timeout=30", *arguments])

    async def add_bridge(self, name: str) -> None:
        """Make bridge `name` on the userspace datapath, unless it exists."""
        await self.vsctl("--may-exist", "add-br", name, "--", "set", "bridge", name, "datapath_type=netdev")
