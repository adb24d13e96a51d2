"""Hosts for tests: a namespace with Open vSwitch and ovn-controller (a chassis), and libvirtd (a hypervisor)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.lab.daemons.libvirt import Libvirtd
from deploy.lab.daemons.ovn_controller import OvnController
from deploy.lab.daemons.ovs import Vswitchd, switch_database
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.programs import run
from deploy.lab.host import chassis_identity
from deploy.lab.namespaces import Namespace
from tests.daemons.ovn import Ovn
from tests.daemons.sandbox import sandbox


@dataclass(frozen=True)
class Chassis:
    """`host_name` is also its chassis name. Every daemon may be stopped and started by a test."""

    host_name: str
    directory: Path
    namespace: Namespace
    switch_database: OvsdbServer
    switch: Vswitchd
    controller: OvnController

    @property
    def ovsdb(self) -> str:
        """The switch's database as `ovs-vsctl --db` and ovsdbapp take it."""
        return self.switch_database.remote

    async def vsctl(self, *arguments: str) -> str:
        """What `ovs-vsctl` says to `arguments`."""
        return await self.switch.vsctl(*arguments)

    async def run(self, *argv: str) -> str:
        """Standard output of a program in its namespace."""
        return await run(self.namespace.enter(*argv))

    @asynccontextmanager
    async def listening_address(self, address: str) -> AsyncIterator[str]:
        """An address of the host's own meanwhile."""
        await self.run("ip", "address", "add", address, "dev", "lo")
        yield address
        await self.run("ip", "address", "del", f"{address}/32", "dev", "lo")


@dataclass(frozen=True)
class Hypervisor(Chassis):
    libvirtd: Libvirtd

    @property
    def libvirt_uri(self) -> str:
        return self.libvirtd.uri


@asynccontextmanager
async def running_chassis(
    host_name: str, central: Ovn, directory: Path, tunnel_address: str = "127.0.0.1", **said: str
) -> AsyncIterator[Chassis]:
    """A chassis of `central`, with br-int and br-ex, in a namespace named after `directory`; removed at the end.

    Each chassis needs a tunnel address of its own; something is sent there only where somebody lays a wire. `said` is
    more of its identity, with underscores for dashes.
    """
    async with AsyncExitStack() as stack:
        namespace = Namespace(directory.name)
        stack.push_async_callback(namespace.delete)
        await namespace.create(str(directory))
        database = switch_database(directory)
        identity = chassis_identity(host_name, central.southbound) | {"ovn-encap-ip": tunnel_address}
        identity |= {name.replace("_", "-"): value for name, value in said.items()}
        switch = Vswitchd(database, namespace, identity, directory)
        controller = OvnController(switch, central.southbound, directory)
        for daemon in (database, switch, controller):
            stack.push_async_callback(daemon.stop)
            await daemon.start()
        await switch.add_bridge("br-ex")
        yield Chassis(host_name, directory, namespace, database, switch, controller)


@asynccontextmanager
async def running_hypervisor(host_name: str, central: Ovn, directory: Path) -> AsyncIterator[Hypervisor]:
    """A chassis that has libvirtd too; its guests are destroyed at the end."""
    async with running_chassis(host_name, central, directory) as chassis, AsyncExitStack() as stack:
        libvirtd = Libvirtd(chassis.namespace, host_name, directory / "libvirt")
        stack.push_async_callback(libvirtd.destroy_guests)
        stack.push_async_callback(libvirtd.stop)
        await libvirtd.start()
        yield Hypervisor(**vars(chassis), libvirtd=libvirtd)


@pytest.fixture(scope="module")
async def hypervisor(ovn: Ovn) -> AsyncIterator[Hypervisor]:
    """Host `host-1`, a chassis of the module's `ovn`."""
    with sandbox("host") as directory:
        async with running_hypervisor("host-1", ovn, directory) as host:
            yield host
