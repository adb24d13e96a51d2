"""Makes the switch forget connections, so that what is still permitted opens anew and the rest is over.

Control says what was withdrawn when OVN's database no longer holds it; the switch's flows follow a little later, how
much depends on the size of the cloud. A connection that is forgotten before its permit is gone is back with its next
packet, hence it is forgotten again and again for a while. One that another rule still permits goes on: conntrack takes
it up in its middle, with the next packet of whoever opened it.

`ovn-controller` writes the conntrack zone of each local port into the bridge's external_ids.
Source: ovs-ofctl(8), ct-flush; ovn-controller(8), external_ids:ct-zone-*.
"""

import asyncio
import heapq
import ipaddress
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import structlog

from compute.agent import commands, faults
from compute.messages import LostPermit

log = structlog.get_logger()
AFTER_S = (0.0, 0.3, 0.8, 1.5, 4.0, 15.0)
MOST_PENDING = 10_000


class Target(NamedTuple):
    """Connections of a port, of any if that is empty; `first_packet` is a part of the tuple, empty for all."""

    port_id: str
    first_packet: str


class Connections:
    """Of one bridge; `database` is Open vSwitch's (`unix:/path`), beside which the bridge's management socket is."""

    def __init__(self, database: str, bridge: str) -> None:
        self._database = database
        self._bridge = bridge
        self._management = f"unix:{Path(database.removeprefix('unix:')).parent / bridge}.mgmt"
        self._due: list[tuple[float, Target]] = []
        self._wanted = asyncio.Event()

    def end(self, permits: Iterable[LostPermit], addresses: Iterable[str]) -> None:
        """Has connections forgotten, soon and again later: of the permits, and of addresses at whichever end."""
        lost = [Target(str(each.port_id), _tuple(each)) for each in permits]
        lost += [Target("", f"ct_{_family(address)}_dst={address}") for address in addresses if _is_address(address)]
        now = asyncio.get_running_loop().time()
        for after_s in AFTER_S:
            for target in lost[: max(MOST_PENDING - len(self._due), 0)]:
                heapq.heappush(self._due, (now + after_s, target))
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await self._rest()
            await self._forget(self._take_due())

    async def _rest(self) -> None:
        """Returns when something is due."""
        while not self._due or self._due[0][0] > asyncio.get_running_loop().time():
            self._wanted.clear()
            until = self._due[0][0] if self._due else None
            try:
                async with asyncio.timeout_at(until):
                    await self._wanted.wait()
            except TimeoutError:
                return

    def _take_due(self) -> set[Target]:
        now, targets = asyncio.get_running_loop().time(), set()
        while self._due and self._due[0][0] <= now:
            targets.add(heapq.heappop(self._due)[1])
        return targets

    async def _forget(self, targets: set[Target]) -> None:
        """What cannot be forgotten does not keep the others from it."""
        try:
            zones = await self._zones()
        except faults.CommandFailed as failed:
            log.warning("open connections stay for now", detail=failed.detail)
            return
        for target in targets:
            try:
                await self._forget_one(target, zones)
            except faults.CommandFailed as failed:
                log.warning("open connections stay for now", detail=failed.detail)

    async def _forget_one(self, target: Target, zones: Mapping[str, str]) -> None:
        if not target.port_id:
            await self._flush(target.first_packet)
            await self._flush("", target.first_packet)
        elif zone := zones.get(target.port_id):
            await self._flush(f"zone={zone}", *([target.first_packet] if target.first_packet else []))

    async def _flush(self, *which: str) -> None:
        """Zone, or a part of the first packet's tuple, or (after an empty word) of its reply's."""
        await commands.run(["ovs-ofctl", "ct-flush", self._management, *which])

    async def _zones(self) -> dict[str, str]:
        """Conntrack zone by port id."""
        database = [f"--db={self._database}", "--timeout=10", "--format=json", "--columns=external_ids"]
        said = json.loads(await commands.run(["ovs-vsctl", *database, "list", "Bridge", self._bridge]))
        ((external_ids,),) = said["data"]
        zones = {key.removeprefix("ct-zone-"): value for key, value in external_ids[1] if key.startswith("ct-zone-")}
        return {name: value for name, value in zones.items() if value.isdecimal()}


def _tuple(permit: LostPermit) -> str:
    words = {"ct_nw_proto": permit.protocol, "ct_tp_dst": permit.destination}
    return ",".join(f"{key}={value}" for key, value in words.items() if value is not None)


def _is_address(text: str) -> bool:
    try:
        return str(ipaddress.ip_address(text)) == text
    except ValueError:
        return False


def _family(address: str) -> str:
    return "ipv6" if ":" in address else "nw"
