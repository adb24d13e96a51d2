"""What a host holds of its servers, put together from libvirt, Open vSwitch and the disk."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from compute.agent.converge import Observed, ObservedDomain
from compute.agent.files import GuestFiles
from compute.agent.guard import Guard
from compute.agent.hypervisor import Hypervisor
from compute.agent.images import ImageCache
from compute.agent.metadata.service import MetadataService
from compute.agent.state import Desired
from compute.agent.vswitch import PluggedPort, VSwitch
from compute.messages import DesiredServer

_SERVER = "server/"


@dataclass(frozen=True)
class Host:
    """The hands of the agent: everything on the host that it looks at and changes."""

    hypervisor: Hypervisor
    vswitch: VSwitch
    guard: Guard
    images: ImageCache
    files: GuestFiles
    metadata: MetadataService


def owner_of(server_id: UUID) -> str:
    """How a server's ports are marked on the bridge."""
    return f"{_SERVER}{server_id}"


async def observe(host: Host, desired: Desired) -> Observed:
    """One server, now."""
    ports = ports_by_server(await host.vswitch.list_ports()).get(desired.id, ())
    return _put_together(host, desired, await host.hypervisor.observe(desired.id), ports)


async def observe_many(host: Host, servers: Iterable[Desired]) -> dict[UUID, Observed]:
    """The same for many servers, at the price of one."""
    domains = await host.hypervisor.observe_all()
    ports = ports_by_server(await host.vswitch.list_ports())
    return {each.id: _put_together(host, each, domains.get(each.id), ports.get(each.id, ())) for each in servers}


async def observe_ids(host: Host) -> dict[UUID, ObservedDomain | None]:
    """Every server of which the host holds anything at all, with its domain if there is one."""
    ports = ports_by_server(await host.vswitch.list_ports())
    return {**dict.fromkeys(ports.keys() | host.files.server_ids()), **await host.hypervisor.observe_all()}


def ports_by_server(ports: Iterable[PluggedPort]) -> dict[UUID, list[PluggedPort]]:
    """The plugged ports of servers, without those of the metadata service."""
    found: dict[UUID, list[PluggedPort]] = defaultdict(list)
    for port in ports:
        if port.owner.startswith(_SERVER):
            found[UUID(port.owner.removeprefix(_SERVER))].append(port)
    return dict(found)


def _put_together(
    host: Host, desired: Desired, domain: ObservedDomain | None, ports: Iterable[PluggedPort]
) -> Observed:
    return Observed(
        domain=domain,
        disk=host.files.has_disk(desired.id),
        files=host.files.has_any(desired.id),
        image_cached=isinstance(desired, DesiredServer) and host.images.has(desired.image),
        plugged={UUID(port.port_id): port.installed for port in ports},
        served=host.metadata.served(),
    )
