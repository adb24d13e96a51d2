"""The wires between hosts: a network for their tunnels, and one for each physical network.

host: br-phy (tunnel address) -- to-tunnels    <- veth -> | tunnels   |
host: br-ex                   -- to-physical1  <- veth -> | physical1 | <- veth -> outside
                                                           bridges of the kernel, in the fabric's own namespace
"""

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.lab.daemons.programs import run
from deploy.lab.namespaces import Namespace
from tests.daemons.hypervisor import Chassis
from tests.real.packets.guest import Guest
from tests.real.packets.inside import set_kernel

TUNNELS = "tunnels"
PREFIX_LENGTH = 24


class Fabric:
    def __init__(self, namespace: Namespace, directory: Path) -> None:
        self.namespace = namespace
        self._directory = directory
        self._numbers = itertools.count(1)

    async def connect(self, chassis: Chassis, tunnel_address: str, physical_network: str | None) -> None:
        """Wires the host for tunnels, and its br-ex to the physical network if it reaches one."""
        await chassis.switch.add_bridge("br-phy")
        await self._plug(chassis, "br-phy", TUNNELS)
        await chassis.run("ip", "address", "add", f"{tunnel_address}/{PREFIX_LENGTH}", "dev", "br-phy")
        await chassis.run("ip", "link", "set", "br-phy", "up", "mtu", "1500")
        await chassis.run("ethtool", "-K", "br-phy", "tx", "off")
        if physical_network is not None:
            await self._plug(chassis, "br-ex", physical_network)

    async def _plug(self, chassis: Chassis, bridge: str, network: str) -> None:
        device = wire(network)
        await self._lay(chassis.namespace, device, network)
        await chassis.vsctl("add-port", bridge, device)

    async def guest(self, physical_network: str, *addresses: str) -> Guest:
        """Somebody on a physical network itself, at these addresses with their prefix lengths."""
        return await self.router({physical_network: addresses})

    async def router(self, places: Mapping[str, Sequence[str]]) -> Guest:
        """Somebody on several physical networks, who forwards between them."""
        namespace = Namespace(f"{self.namespace.name}-{next(self._numbers)}")
        await namespace.create(str(self._directory))
        for number, (network, addresses) in enumerate(places.items()):
            device = f"eth{number}"
            await self._lay(namespace, device, network)
            for address in addresses:
                flags = ["nodad"] if ":" in address else []
                await run(["ip", "-n", namespace.name, "address", "add", address, "dev", device, *flags])
        every = [address.partition("/")[0] for addresses in places.values() for address in addresses]
        guest = Guest(namespace, "eth0", addresses=every)
        guest.prepare_stack(silent=False)
        set_kernel(namespace, "ipv4.ip_forward", "1")
        return guest

    async def _lay(self, namespace: Namespace, device: str, network: str) -> None:
        """A wire from the namespace to the network. Both ends finish their checksums: what goes through Open vSwitch's
        userspace datapath is forwarded as it is."""
        plug = f"w{next(self._numbers)}"
        peer = ["peer", "name", plug, "netns", self.namespace.name]
        await run(["ip", "-n", namespace.name, "link", "add", device, "type", "veth", *peer])
        for place, end in ((namespace, device), (self.namespace, plug)):
            await run(place.enter("ethtool", "-K", end, "tx", "off"))
            await run(["ip", "-n", place.name, "link", "set", end, "up"])
        await run(["ip", "-n", self.namespace.name, "link", "set", plug, "master", network])

    async def cut(self, chassis: Chassis, network: str) -> None:
        await chassis.run("ip", "link", "set", wire(network), "down")

    async def mend(self, chassis: Chassis, network: str) -> None:
        await chassis.run("ip", "link", "set", wire(network), "up")


def wire(network: str) -> str:
    """The host's end."""
    return f"to-{network}"


@asynccontextmanager
async def laid(directory: Path, physical_networks: Sequence[str]) -> AsyncIterator[Fabric]:
    """A fabric with nobody connected, removed at the end; its guests are their makers' to remove."""
    namespace = Namespace(directory.name)
    await namespace.create(str(directory))
    try:
        for network in (TUNNELS, *physical_networks):
            await run(["ip", "-n", namespace.name, "link", "add", network, "type", "bridge"])
            await run(["ip", "-n", namespace.name, "link", "set", network, "up"])
        yield Fabric(namespace, directory)
    finally:
        await namespace.delete()
