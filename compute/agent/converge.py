"""What has to be done so that a host holds one server as desired; pure.

`plan` compares a desired server with what was observed and lists actions in the order in which they must happen.
An agent killed between any two of them observes and plans again, and the rest of the work is what the new plan says:
applying a plan from any half-done state and planning again ends in nothing to do.

Two facts make that possible. A guest is started only when none of its ports is on the bridge, so a port found beside
an active guest was plugged after the start and never belongs to a device of an earlier one. And a domain is stamped
with the generation only after everything of it was done, so a guest that is off with an older stamp was not finished,
while one that is off with the present stamp switched itself off and stays so until asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from compute.agent.domain import Definition
from compute.messages import AbsentServer, DesiredServer, Image, Interface, MetadataPort


class Activity(Enum):
    """What libvirt says about a domain. `OFF_BY_GUEST`: off because the guest itself powered down."""

    RUNNING = "running"
    PAUSED = "paused"
    OFF = "off"
    OFF_BY_GUEST = "off_by_guest"
    CRASHED = "crashed"


@dataclass(frozen=True)
class ObservedDomain:
    definition: Definition
    activity: Activity

    @property
    def active(self) -> bool:
        return self.activity in (Activity.RUNNING, Activity.PAUSED)


@dataclass(frozen=True)
class Observed:
    """What a host holds of one server. `plugged`: its ports on the bridge, and whether OVN has installed them."""

    domain: ObservedDomain | None = None
    disk: bool = False
    files: bool = False
    image_cached: bool = False
    plugged: Mapping[UUID, bool] = field(default_factory=dict)
    served: frozenset[MetadataPort] = frozenset()


@dataclass(frozen=True)
class FetchImage:
    image: Image


@dataclass(frozen=True)
class CreateDisk:
    pass


@dataclass(frozen=True)
class ServeMetadata:
    port: MetadataPort


@dataclass(frozen=True)
class Define:
    """Write the whole definition, stamped with a generation that was reached (0: none yet)."""

    generation: int


@dataclass(frozen=True)
class StartPaused:
    pass


@dataclass(frozen=True)
class Resume:
    pass


@dataclass(frozen=True)
class Plug:
    interface: Interface


@dataclass(frozen=True)
class Unplug:
    port_id: UUID


@dataclass(frozen=True)
class WaitInstalled:
    port_id: UUID


@dataclass(frozen=True)
class AttachInterface:
    interface: Interface


@dataclass(frozen=True)
class DetachInterface:
    port_id: UUID


@dataclass(frozen=True)
class Stamp:
    """Record in the domain that the desired generation and boot serial were reached."""

    generation: int


@dataclass(frozen=True)
class Shutdown:
    """Ask the guest to power down, and cut the power when it does not in time."""


@dataclass(frozen=True)
class Destroy:
    """Cut the power."""


@dataclass(frozen=True)
class Undefine:
    pass


@dataclass(frozen=True)
class RemoveFiles:
    """Disk, console log and the directory that holds them."""


Action = (
    FetchImage
    | CreateDisk
    | ServeMetadata
    | Define
    | StartPaused
    | Resume
    | Plug
    | Unplug
    | WaitInstalled
    | AttachInterface
    | DetachInterface
    | Stamp
    | Shutdown
    | Destroy
    | Undefine
    | RemoveFiles
)


def plan(desired: DesiredServer | AbsentServer, observed: Observed) -> list[Action]:
    """The actions still to be done, in order; empty when the host holds what is desired."""
    if isinstance(desired, AbsentServer):
        return list(_remove(observed))
    return list(_hold(desired, observed))


def stays_off(server: DesiredServer, observed: Observed) -> bool:
    """True when the guest switched itself off after this generation was reached: nobody asked for it since."""
    domain = observed.domain
    return (
        domain is not None
        and domain.activity is Activity.OFF_BY_GUEST
        and domain.definition.generation == server.generation
    )


def _remove(observed: Observed) -> Iterator[Action]:
    domain = observed.domain
    if domain and domain.active:
        yield Destroy()
    yield from _unplug_all(observed)
    if domain:
        yield Undefine()
    if observed.files:
        yield RemoveFiles()


def _hold(server: DesiredServer, observed: Observed) -> Iterator[Action]:
    domain = observed.domain
    if server.power == "stopped" or stays_off(server, observed):
        yield from _halt(observed, gracefully=True)
        yield from _keep_stopped(server, observed)
    elif domain is None or not domain.active:
        yield from _start(server, observed)
    elif domain.definition.boot_serial < server.boot_serial:
        yield from _halt(observed, gracefully=server.boot_kind == "soft")
        yield from _start(server, observed)
    else:
        yield from _keep_running(server, observed, domain)


def _halt(observed: Observed, *, gracefully: bool) -> Iterator[Action]:
    """Off, and off the bridge. A paused guest cannot answer, so it is not asked."""
    domain = observed.domain
    if domain and domain.active:
        yield Shutdown() if gracefully and domain.activity is Activity.RUNNING else Destroy()
    yield from _unplug_all(observed)


def _keep_stopped(server: DesiredServer, observed: Observed) -> Iterator[Action]:
    yield from _provide_disk(server, observed)
    definition = observed.domain and observed.domain.definition
    up_to_date = (
        definition is not None
        and definition.generation == server.generation
        and definition.boot_serial >= server.boot_serial
        and definition.port_ids == _port_ids(server)
    )
    if not up_to_date:
        yield Define(server.generation)


def _start(server: DesiredServer, observed: Observed) -> Iterator[Action]:
    if observed.domain is None or not observed.domain.active:
        yield from _unplug_all(observed)
    yield from _provide_disk(server, observed)
    yield from _serve_metadata(server, observed)
    yield Define(observed.domain.definition.generation if observed.domain else 0)
    yield StartPaused()
    yield from (Plug(interface) for interface in server.interfaces)
    yield from (WaitInstalled(interface.port_id) for interface in server.interfaces)
    yield Resume()
    yield from _stamp(server, observed)


def _keep_running(server: DesiredServer, observed: Observed, domain: ObservedDomain) -> Iterator[Action]:
    yield from _serve_metadata(server, observed)
    attached, wanted = domain.definition.port_ids, _port_ids(server)
    yield from (DetachInterface(port_id) for port_id in sorted(attached - wanted))
    yield from (Unplug(port_id) for port_id in sorted(observed.plugged.keys() - wanted))
    yield from (AttachInterface(each) for each in server.interfaces if each.port_id not in attached)
    yield from (Plug(each) for each in server.interfaces if not _is_wired(each, observed, attached))
    reached = domain.definition.generation == server.generation
    finished = reached and domain.activity is Activity.RUNNING
    for interface in server.interfaces:
        if not _is_wired(interface, observed, attached) or not (finished or observed.plugged[interface.port_id]):
            yield WaitInstalled(interface.port_id)
    if domain.activity is Activity.PAUSED:
        yield Resume()
    if not reached:
        yield Stamp(server.generation)


def _is_wired(interface: Interface, observed: Observed, attached: frozenset[UUID]) -> bool:
    """A port found on the bridge before its card was attached belongs to a device that is gone."""
    return interface.port_id in attached and interface.port_id in observed.plugged


def _provide_disk(server: DesiredServer, observed: Observed) -> Iterator[Action]:
    if not observed.image_cached:
        yield FetchImage(server.image)
    if not observed.disk:
        yield CreateDisk()


def _serve_metadata(server: DesiredServer, observed: Observed) -> Iterator[Action]:
    yield from (ServeMetadata(port) for port in server.metadata_ports if port not in observed.served)


def _stamp(server: DesiredServer, observed: Observed) -> Iterator[Action]:
    if observed.domain is None or observed.domain.definition.generation != server.generation:
        yield Stamp(server.generation)


def _unplug_all(observed: Observed) -> Iterator[Action]:
    yield from (Unplug(port_id) for port_id in sorted(observed.plugged))


def _port_ids(server: DesiredServer) -> frozenset[UUID]:
    return frozenset(interface.port_id for interface in server.interfaces)
