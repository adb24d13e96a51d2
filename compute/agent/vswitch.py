"""The local Open vSwitch: plugs devices into the integration bridge, so that OVN binds them to logical ports.

Every interface that we plug says in `external_ids:meridian:owner` whose it is (`server/<id>` or `network/<id>`);
others are never touched. `ovn-controller` answers in the same row: `ovn-installed=true` once all flows of the port
are in place. `ovs-vsctl` waits for `ovs-vswitchd` to act, so a call that returns has happened.
"""

import json
import re
from dataclasses import dataclass

import structlog

from compute.agent import commands, faults
from compute.agent.shield import shield

log = structlog.get_logger()

OWNER_KEY = "meridian:owner"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OWNER = re.compile(rf"(server|network)/{_UUID.pattern}")


@dataclass(frozen=True)
class PluggedPort:
    """An interface of ours on the integration bridge. `installed`: OVN has wired it."""

    device: str
    port_id: str
    owner: str
    installed: bool


class VSwitch:
    """Speaks to one ovsdb-server; `database` is its address (`unix:/path`). Keeps no state."""

    def __init__(self, database: str, bridge: str, *, timeout_s: int = 10) -> None:
        self._database = database
        self._bridge = bridge
        self._timeout_s = timeout_s

    async def list_ports(self) -> list[PluggedPort]:
        """Every interface that carries our owner key."""
        columns = "--columns=name,external_ids"
        answer = json.loads(await self._vsctl("--format=json", columns, "list", "Interface"))
        rows = (dict(zip(answer["headings"], row, strict=True)) for row in answer["data"])
        return [port for row in rows if (port := parse_interface(row)) is not None]

    async def plug(self, device: str, *, port_id: str, mac: str, owner: str) -> None:
        """Put a device on the bridge as a logical port. Idempotent, but a device plugged again is a new row.

        Deletion and addition are two transactions: within one, Open vSwitch keeps the socket of a device that
        has meanwhile been replaced by another of the same name, and forwards nothing.
        """
        await self.unplug(device)
        shield(device)
        ids = {"iface-id": port_id, "attached-mac": mac, "iface-status": "active", OWNER_KEY: owner}
        if owner.startswith("server/"):
            ids["vm-uuid"] = owner.removeprefix("server/")
        settings = [f'external_ids:"{key}"="{value}"' for key, value in ids.items()]
        await self._vsctl("add-port", self._bridge, device, "--", "set", "Interface", device, *settings)

    async def unplug(self, device: str) -> None:
        """Take a device off the bridge; nothing happens when it is not there."""
        await self._vsctl("--if-exists", "del-port", self._bridge, device)

    async def wait_installed(self, device: str, *, timeout_s: int) -> None:
        """Return when OVN has installed the port's flows; raises PortNotWired when it has not in time.

        Source: ovn-controller(8), external_ids:ovn-installed in the Interface table.
        """
        try:
            await self._vsctl(
                "wait-until", "Interface", device, 'external_ids:"ovn-installed"="true"', timeout_s=timeout_s
            )
        except faults.SwitchAway as away:
            raise faults.PortNotWired("the port was not wired in time", detail=away.detail) from away

    async def _vsctl(self, *arguments: str, timeout_s: int | None = None) -> bytes:
        timeout_s = timeout_s or self._timeout_s
        argv = ["ovs-vsctl", f"--db={self._database}", f"--timeout={timeout_s}", *arguments]
        try:
            return await commands.run(argv, timeout_s=timeout_s + 5)
        except faults.CommandFailed as failed:
            raise faults.SwitchAway("Open vSwitch did not answer", detail=failed.detail) from failed


def parse_interface(row: dict) -> PluggedPort | None:
    """A row of `ovs-vsctl --format=json list Interface`, or None when it is not ours."""
    ids = dict(row["external_ids"][1])
    if OWNER_KEY not in ids:
        return None
    if not _OWNER.fullmatch(ids[OWNER_KEY]) or not _UUID.fullmatch(ids.get("iface-id", "")):
        log.error("somebody changed what an interface of ours says", device=row["name"], external_ids=str(ids))
        return None
    return PluggedPort(
        device=row["name"],
        port_id=ids["iface-id"],
        owner=ids[OWNER_KEY],
        installed=ids.get("ovn-installed") == "true",
    )
