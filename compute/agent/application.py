"""The agent put together: messages in, one supervisor in the middle, reports out.

Everything that arrives is first on disk and then acted upon, so the bus may forget it. The inventory goes out when the
bus connects, when libvirtd comes back, and on a timer; control answers with every server that differs.
"""

import asyncio
import shutil
from uuid import UUID

import msgspec
import structlog

from compute import messages
from compute.agent import desired
from compute.agent.connections import Connections
from compute.agent.domain import device_name
from compute.agent.execute import Executor
from compute.agent.faults import AgentFault, DesiredStateInvalid, SwitchAway
from compute.agent.files import GIB, GuestFiles
from compute.agent.guard import Guard
from compute.agent.hypervisor import Hypervisor
from compute.agent.images import Download, ImageCache
from compute.agent.metadata.service import MetadataService
from compute.agent.observe import Host
from compute.agent.settings import AgentSettings
from compute.agent.state import Acceptance, Desired, DesiredState
from compute.agent.supervisor import Supervisor
from compute.agent.vswitch import VSwitch
from runtime.bus.interface import Bus, Message
from runtime.reconciler import Reconciler

log = structlog.get_logger()

# A console's bytes may need six characters each in JSON, and a message has an end.
_LONGEST_CONSOLE_CHARACTERS = 150_000


GUARD_PERIOD_S = 3.0


class Agent:
    """One hypervisor's agent over a bus that is not open yet; `download` gives the bytes of images."""

    def __init__(self, settings: AgentSettings, bus: Bus, download: Download) -> None:
        self._settings = settings
        self._bus = bus
        self._state = DesiredState(settings.state_dir)
        vswitch = VSwitch(settings.ovsdb, settings.bridge)
        images = ImageCache(settings.state_dir, download)
        self._host = Host(
            hypervisor=Hypervisor(settings.libvirt_uri, on_change=self._wake, on_connected=self._libvirt_is_back),
            vswitch=vswitch,
            guard=Guard(settings.ovsdb, settings.bridge),
            images=images,
            files=GuestFiles(settings.state_dir, images),
            metadata=MetadataService(vswitch, self._state.present),
        )
        self._connections = Connections(settings.ovsdb, settings.bridge)
        self._networks = Reconciler("metadata", self._keep_networks, period_s=settings.inventory_period_s)
        self._guarding = Reconciler("guard", self._keep_guarded, period_s=GUARD_PERIOD_S)
        self._inventory = Reconciler("inventory", self._take_inventory, period_s=settings.inventory_period_s)
        self._supervisor = Supervisor(
            settings.host,
            self._host,
            self._state,
            Executor(self._host, settings),
            self._publish,
            servers_at_once=settings.servers_at_once,
            on_settled=self._networks.activate,
        )

    async def run(self) -> None:
        """Works until cancelled; guests, taps and namespaces stay as they are for the agent that comes next."""
        self._prepare()
        self._bus.on_connect(self._bus_is_connected)
        await self._bus.consume(messages.agent_topic(self._settings.host), self._receive)
        await self._bus.open()
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (self._host.hypervisor, self._inventory, self._networks, self._guarding, self._connections):
                    tasks.create_task(work.run())
        finally:
            await self._bus.close()
            await self._supervisor.close()
            await self._host.metadata.close()

    def _prepare(self) -> None:
        self._settings.state_dir.mkdir(parents=True, exist_ok=True)
        self._settings.state_dir.chmod(0o711)
        self._host.images.prepare()
        self._host.files.prepare()
        self._state.load()

    async def _receive(self, message: Message) -> None:
        try:
            said = messages.decode_for_agent(message.body)
        except msgspec.DecodeError as error:
            log.error("control said what this agent does not understand", error=str(error))
            return
        match said:
            case messages.ConsoleRequest():
                await self._send_console(said)
            case messages.EndConnections():
                self._connections.end(said.permits, said.addresses)
            case _:
                await self._take_up(said)

    async def _take_up(self, wanted: Desired) -> None:
        try:
            if isinstance(wanted, messages.DesiredServer):
                desired.check(wanted)
        except DesiredStateInvalid as fault:
            await self._supervisor.reject(wanted, fault)
            return
        acceptance = await self._state.accept(wanted)
        if acceptance is not Acceptance.OUTDATED:
            self._supervisor.take_up(wanted.id, changed=acceptance is Acceptance.NEW)

    async def _send_console(self, request: messages.ConsoleRequest) -> None:
        text = await asyncio.to_thread(self._host.files.console_tail, request.server_id, request.max_bytes)
        tail = text and text[-_LONGEST_CONSOLE_CHARACTERS:]
        answer = messages.ConsoleTail(request.id, self._settings.host, request.server_id, tail)
        await self._bus.publish(request.reply_topic, messages.encode(answer), key=f"console/{request.id}")

    async def _publish(self, report: messages.ServerReport) -> None:
        key = f"server/{report.server_id}"
        await self._bus.publish(messages.CONTROL_TOPIC, messages.encode(report), key=key)

    async def _take_inventory(self) -> None:
        """Without libvirt or Open vSwitch nothing is said about servers: what is not known is not absent."""
        try:
            await self._supervisor.check_all()
            await self._report_host()
        except AgentFault as fault:
            log.warning("no inventory now", fault=str(fault))
        await asyncio.to_thread(self._bound_growth)

    async def _report_host(self) -> None:
        kind, vcpus, ram_mb = await self._host.hypervisor.describe_host()
        disk_gb = shutil.disk_usage(self._settings.state_dir).total // GIB
        report = messages.HostReport(
            host=self._settings.host,
            resources=messages.HostResources(vcpus, ram_mb, disk_gb),
            hypervisor=kind,
            servers=await self._supervisor.inventory(),
        )
        await self._bus.publish(messages.CONTROL_TOPIC, messages.encode(report), key=f"host/{report.host}")

    def _bound_growth(self) -> None:
        """Console logs, and images that no server was made from; none while a disk is here that nobody explained."""
        self._host.files.bound_consoles()
        present = self._state.present()
        if self._host.files.server_ids() <= {server.id for server in present}:
            self._host.images.remove_all_but({self._host.images.path(server.image) for server in present})

    async def _keep_guarded(self) -> None:
        wanted = {
            device_name(card.port_id) for server in self._state.present() for card in server.interfaces if card.secured
        }
        try:
            plugged = {port.device for port in await self._host.vswitch.list_ports()}
            await self._host.guard.keep(wanted, plugged)
        except SwitchAway as fault:
            log.warning("guests are not guarded now", fault=str(fault))

    async def _keep_networks(self) -> None:
        await self._host.metadata.keep_only(self._wanted_networks)

    def _wanted_networks(self) -> set[UUID]:
        return {port.network_id for server in self._state.present() for port in server.metadata_ports}

    def _wake(self, server_id: UUID) -> None:
        self._supervisor.wake(server_id)

    def _libvirt_is_back(self) -> None:
        self._supervisor.retry_now()
        self._inventory.activate()

    async def _bus_is_connected(self) -> None:
        self._inventory.activate()
