"""A host with OVN, libvirt and an agent, and a control that says what should be on it."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from compute.agent.domain import device_name
from compute.agent.metadata.namespaces import bridge_device, namespace_name
from compute.messages import Image, Interface, MetadataPort
from deploy.lab.daemons.libvirt import guest_pids
from deploy.lab.daemons.programs import run
from tests.daemons.hypervisor import Hypervisor
from tests.daemons.ovn import Ovn
from tests.real.compute.agent.agent_process import AgentProcess
from tests.real.compute.agent.control_side import ControlSide
from tests.unit.compute.agent.desired_servers import (
    a_metadata_port,
    an_address,
    an_interface,
)


def an_image_of(path: Path, disk_format: str) -> Image:
    """What control's database would say of a file."""
    content = path.read_bytes()
    return Image(uuid4(), disk_format, len(content), hashlib.sha512(content).hexdigest())


@dataclass
class TenantNetwork:
    """A logical switch with its localport; `interface` makes a port on it."""

    ovn: Ovn
    id: UUID = field(default_factory=uuid4)
    cidr: str = "10.50.0.0/24"
    metadata_port: MetadataPort = None
    ports: int = 10

    async def create(self) -> "TenantNetwork":
        self.metadata_port = a_metadata_port(network_id=self.id, ips=("10.50.0.2/24",), mac="fa:16:3e:00:00:02")
        await self.ovn.nbctl("ls-add", str(self.id))
        port = str(self.metadata_port.port_id)
        addresses = f"{self.metadata_port.mac} 10.50.0.2"
        await self.ovn.nbctl(
            *("lsp-add", str(self.id), port, "--", "lsp-set-type", port, "localport"),
            *("--", "lsp-set-addresses", port, addresses),
        )
        return self

    async def interface(self) -> Interface:
        """A new port with the next address, in OVN too."""
        self.ports += 1
        ip, mac = f"10.50.0.{self.ports}", f"fa:16:3e:00:00:{self.ports:02x}"
        made = an_interface(
            network_id=self.id, mac=mac, addresses=(an_address(ip, cidr=self.cidr, gateway="10.50.0.1"),)
        )
        port = str(made.port_id)
        await self.ovn.nbctl(
            *("lsp-add", str(self.id), port, "--", "lsp-set-addresses", port, f"{mac} {ip}"),
            *("--", "lsp-set-port-security", port, f"{mac} {ip}"),
        )
        return made


@dataclass(frozen=True)
class Host:
    """The host under test. `left_of` is what the tests of orphans look at."""

    hypervisor: Hypervisor
    agent: AgentProcess
    control: ControlSide

    async def virsh(self, *arguments: str) -> str:
        return await run(["virsh", "-q", "-c", self.hypervisor.libvirt_uri, *arguments])

    async def domains(self) -> set[str]:
        return set((await self.virsh("list", "--all", "--name")).split())

    async def bridge_ports(self) -> set[str]:
        return set((await self.hypervisor.vsctl("list-ports", "br-int")).split())

    async def devices(self) -> set[str]:
        """Taps and veths in the host's namespace."""
        links = json.loads(await run(self.hypervisor.namespace.enter("ip", "-j", "link")))
        return {link["ifname"] for link in links if link["ifname"].startswith("tap")}

    async def metadata_namespaces(self, *networks: TenantNetwork) -> set[str]:
        names = {each["name"] for each in json.loads(await run(["ip", "-j", "netns", "list"]))}
        return names & {namespace_name(network.id) for network in networks}

    async def remove_metadata_namespaces(self) -> None:
        """What an agent leaves for the next one, when there is none."""
        devices = await self.devices()
        for each in json.loads(await run(["ip", "-j", "netns", "list"])):
            network = each["name"].removeprefix("ovnmeta-")
            if network != each["name"] and bridge_device(UUID(network)) in devices:
                await run(["ip", "netns", "del", each["name"]])

    def guests(self) -> list[int]:
        """Process ids of the QEMUs that run."""
        return list(guest_pids(self.hypervisor.libvirtd.directory))

    def instance_files(self) -> set[str]:
        return {path.name for path in (self.agent.state / "instances").iterdir()}

    def desired_files(self) -> set[str]:
        return {path.name for path in (self.agent.state / "servers").iterdir()}

    async def everything_of(self, *networks: TenantNetwork) -> dict[str, set[str]]:
        return {
            "domains": await self.domains(),
            "bridge": {port for port in await self.bridge_ports() if port.startswith("tap")},
            "devices": await self.devices(),
            "namespaces": await self.metadata_namespaces(*networks),
            "instances": self.instance_files(),
            "desired": self.desired_files(),
        }

    async def until(self, fact, timeout_s: float = 30) -> None:
        """Wait for something that nobody announces."""
        async with asyncio.timeout(timeout_s):
            while not await fact():
                await asyncio.sleep(0.05)


def tap_of(interface: Interface) -> str:
    return device_name(interface.port_id)


@pytest.fixture(scope="module")
async def control(hypervisor: Hypervisor) -> AsyncIterator[ControlSide]:
    async with ControlSide().serving(hypervisor.directory / "control.sock") as side:
        yield side


@pytest.fixture(scope="module")
async def host(hypervisor: Hypervisor, control: ControlSide) -> AsyncIterator[Host]:
    agent = AgentProcess(hypervisor, hypervisor.directory / "control.sock")
    await agent.start()
    made = Host(hypervisor, agent, control)
    yield made
    await agent.stop()
    await made.remove_metadata_namespaces()


@pytest.fixture
async def network(ovn: Ovn) -> TenantNetwork:
    return await TenantNetwork(ovn).create()


@pytest.fixture(scope="module")
def blank_image(control: ControlSide, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """A disk of nothing: the guest stops in its firmware, which is all that most tests need."""
    path = tmp_path_factory.mktemp("image") / "blank.raw"
    path.write_bytes(bytes(1 << 20))
    image = an_image_of(path, "raw")
    control.offer(image, path)
    return image
