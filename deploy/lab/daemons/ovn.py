"""OVN's central side: the northbound and southbound databases, and northd that turns one into the other."""

from pathlib import Path

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.waiting import socket_accepts

SCHEMAS = Path("/usr/share/ovn")


def northbound_server(directory: Path, log_directory: Path | None = None) -> OvsdbServer:
    """The northbound database server, with its NB_Global row."""
    return OvsdbServer(
        "ovn-nb", "OVN_Northbound", SCHEMAS / "ovn-nb.ovsschema", directory, log_directory, {"NB_Global": {}}
    )


def southbound_server(directory: Path, log_directory: Path | None = None) -> OvsdbServer:
    """The southbound database server, with its SB_Global row."""
    return OvsdbServer(
        "ovn-sb", "OVN_Southbound", SCHEMAS / "ovn-sb.ovsschema", directory, log_directory, {"SB_Global": {}}
    )


class Northd(Daemon):
    """ovn-northd over both databases, which may come and go while it runs."""

    name = "ovn-northd"

    def __init__(
        self,
        northbound: OvsdbServer,
        southbound: OvsdbServer,
        directory: Path,
        log_directory: Path | None = None,
    ) -> None:
        super().__init__(directory, log_directory)
        self.northbound = northbound
        self.southbound = southbound
        self.control_socket = directory / "ovn-northd.ctl"

    def command(self) -> list[str]:
        return [
            "ovn-northd",
            "-vsyslog:off",
            "-vconsole:info",
            f"--unixctl={self.control_socket}",
            f"--ovnnb-db={self.northbound.remote}",
            f"--ovnsb-db={self.southbound.remote}",
        ]

    async def is_ready(self) -> bool:
        return await socket_accepts(str(self.control_socket))
