"""Drops what OVN lets past every rule: router advertisements that come from guests.

Neighbour discovery is permitted above all ACLs, router advertisements included, and port security looks at addresses
alone: a guest could make itself its neighbours' router, and no row of the northbound database forbids it. So the first
table of the integration bridge gets a flow of ours for each card that port security is on for, above ovn-controller's.
ovn-controller leaves it there but for its own (re)start, when it clears the bridge: `keep` is called every few seconds.
Source: RFC 6105; ovn-northd(8), ACLs; ovn-controller's table 0 has priorities up to 180.
"""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from compute.agent import commands, faults

COOKIE = "0x6d657269"
PRIORITY = 2000
ADVERTISEMENT = "icmp6,icmp_type=134"
_DEVICE = re.compile(r'in_port="?([^",\s]+)"?')


class Guard:
    """Of one bridge; `database` is Open vSwitch's (`unix:/path`), beside which the bridge's management socket is."""

    def __init__(self, database: str, bridge: str) -> None:
        self._management = f"unix:{Path(database.removeprefix('unix:')).parent / bridge}.mgmt"

    async def add(self, devices: Iterable[str]) -> None:
        """Flows for devices that are on the bridge; idempotent. Raises SwitchAway."""
        for device in devices:
            flow = f"cookie={COOKIE},priority={PRIORITY},in_port={device},{ADVERTISEMENT},actions=drop"
            await self._ofctl("add-flow", flow)

    async def remove(self, device: str) -> None:
        """The flow of a device that is still on the bridge, since its number there may be another's next."""
        await self._ofctl("del-flows", f"cookie={COOKIE}/-1,in_port={device}")

    async def keep(self, wanted: Collection[str], plugged: Collection[str]) -> None:
        """Exactly the flows of those wanted devices that are on the bridge. Raises SwitchAway."""
        said = await self._ofctl("--names", "dump-flows", f"cookie={COOKIE}/-1")
        present = set(_DEVICE.findall(said))
        for device in sorted(present - set(wanted)):
            await self.remove(device)
        await self.add(sorted((set(wanted) & set(plugged)) - present))

    async def _ofctl(self, *words: str) -> str:
        at = next(place for place, word in enumerate(words) if not word.startswith("-")) + 1
        try:
            return (await commands.run(["ovs-ofctl", *words[:at], self._management, *words[at:]])).decode()
        except faults.CommandFailed as failed:
            raise faults.SwitchAway("Open vSwitch did not answer", detail=failed.detail) from failed
