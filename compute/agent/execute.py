"""Carries out the actions of a plan, one after the other, on one host."""

from uuid import UUID
from xml.etree import ElementTree as xml

from compute.agent import converge, domain, durable, faults
from compute.agent.observe import Host, owner_of
from compute.agent.settings import AgentSettings
from compute.agent.state import Desired


class Executor:
    """Every action may be carried out again. Raises the AgentFault of the first one that fails; what was done stays."""

    def __init__(self, host: Host, settings: AgentSettings) -> None:
        self._host = host
        self._settings = settings

    async def carry_out(self, desired: Desired, action: converge.Action) -> None:
        """One action for one server."""
        host, server_id = self._host, desired.id
        match action:
            case converge.FetchImage(image):
                await host.images.fetch(image)
            case converge.CreateDisk():
                await host.files.create_disk(desired)
            case converge.ServeMetadata(port):
                await host.metadata.serve(port)
            case converge.Define(generation):
                files = host.files.of(desired)
                text = domain.domain_xml(desired, files, virt_type=self._settings.virt_type, generation=generation)
                await host.hypervisor.define(text)
            case converge.StartPaused():
                await host.hypervisor.start_paused(server_id)
            case converge.Resume():
                await host.hypervisor.resume(server_id)
            case converge.Stamp(generation):
                element = domain.metadata_element(desired, generation)
                await host.hypervisor.stamp(server_id, xml.tostring(element, encoding="unicode"))
            case converge.Shutdown():
                await self._shut_down(server_id)
            case converge.Destroy():
                await host.hypervisor.destroy(server_id)
            case converge.Undefine():
                await host.hypervisor.undefine(server_id)
            case converge.RemoveFiles():
                await durable.in_thread(host.files.remove, server_id)
            case _:
                await self._change_wiring(server_id, action)

    async def _change_wiring(self, server_id: UUID, action: converge.Action) -> None:
        host = self._host
        match action:
            case converge.Plug(interface):
                device = domain.device_name(interface.port_id)
                owner = owner_of(server_id)
                await host.vswitch.plug(device, port_id=str(interface.port_id), mac=interface.mac, owner=owner)
                if interface.secured:
                    await host.guard.add([device])
            case converge.Unplug(port_id):
                await host.vswitch.unplug(domain.device_name(port_id))
            case converge.WaitInstalled(port_id):
                timeout_s = self._settings.install_timeout_s
                await host.vswitch.wait_installed(domain.device_name(port_id), timeout_s=timeout_s)
            case converge.AttachInterface(interface):
                text = xml.tostring(domain.interface_element(interface), encoding="unicode")
                await host.hypervisor.attach(server_id, text)
            case converge.DetachInterface(port_id):
                alias = domain.interface_alias(port_id)
                timeout_s = self._settings.detach_timeout_s
                await host.hypervisor.detach_interface(server_id, port_id, alias, timeout_s=timeout_s)

    async def _shut_down(self, server_id: UUID) -> None:
        """A guest that does not power down in time loses its power."""
        try:
            await self._host.hypervisor.shut_down(server_id, timeout_s=self._settings.shutdown_timeout_s)
        except faults.GuestIsSlow:
            await self._host.hypervisor.destroy(server_id)
