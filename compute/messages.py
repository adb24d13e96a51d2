"""What control and the agent of a hypervisor say to each other, and nothing else of either.

Control publishes to topic `agent.<host>`: `DesiredServer` (all that the agent needs to build the server, so that no
message depends on an earlier one), `AbsentServer` (nothing of this server may be left on the host),
`EndConnections` and `ConsoleRequest`. The agent publishes to topic `control`: `ServerReport` whenever what it sees of a server changed,
`HostReport` (its whole inventory) when it connects and on a timer, and `ConsoleTail` to the topic that asked.

Every message may arrive twice, late, out of order or never:

* A desired state is identified by `(id, generation)`. The agent ignores one with a lower generation than the one that
  it holds, and may apply an equal one again. Its own store is libvirt: it keeps the generation in the domain's metadata.
* A report is a statement about now. Control compares it with the database and answers with what differs; the next
  inventory heals whatever was lost.

Bodies are JSON with a `type` field. An unknown field is ignored, so that a newer sender can talk to an older receiver;
an unknown type or a missing field is a `msgspec.ValidationError`. No message carries a token.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

CONTROL_TOPIC = "control"

Generation = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Word = Annotated[str, msgspec.Meta(max_length=255, pattern="^[ -~]*$")]
"""What an agent says is bounded like what tenants say: a number has a column to fit, a word is printable ASCII."""

Power = Literal["running", "stopped"]
BootKind = Literal["soft", "hard"]

ObservedState = Literal["building", "running", "stopped", "paused", "crashed", "absent", "error"]
"""What the agent sees of one server.

`building`: the reported generation is being applied. `running`, `stopped`, `paused`, `crashed`: it is applied, and
this is what libvirt says now (a guest that powered itself off is `stopped` at an unchanged generation). `absent`: an
`AbsentServer` was carried out; neither domain, disk, tap nor OVS port is left. `error`: the agent gave up on this
generation; what can be retried is retried by the agent under `building`.
"""

FaultCode = Literal[
    "image_unavailable",
    "image_rejected",
    "disk_full",
    "memory_exhausted",
    "port_not_wired",
    "hypervisor_refused",
    "desired_state_invalid",
]
"""Why the agent gave up; control turns the code into the tenant's text, which never holds the agent's own words."""


class Flavor(msgspec.Struct, frozen=True):
    """The size of a server."""

    vcpus: int
    ram_mb: int
    disk_gb: int


class Image(msgspec.Struct, frozen=True):
    """What the root disk is made of. The agent refuses bytes that have another size, sha512 or format."""

    id: UUID
    disk_format: Literal["qcow2", "raw"]
    size_bytes: int
    sha512: str


class Address(msgspec.Struct, frozen=True):
    """One fixed address with what the guest needs to use it; `cidr` is the subnet's, e.g. 10.50.0.0/16."""

    subnet_id: UUID
    ip: str
    cidr: str
    gateway: str | None
    dns_servers: tuple[str, ...] = ()


class Interface(msgspec.Struct, frozen=True):
    """One network card, in the guest's order. `port_id` is also the OVS interface's `iface-id`.

    `secured`: the guest is held to its addresses, and is no router.
    """

    port_id: UUID
    network_id: UUID
    mac: str
    mtu: int
    addresses: tuple[Address, ...]
    secured: bool = True


class MetadataPort(msgspec.Struct, frozen=True):
    """The localport through which guests of one network reach the metadata service of their host.

    `ips` carry the prefix length of their subnet, e.g. 10.50.0.2/16; 169.254.169.254 is added by the agent.
    """

    network_id: UUID
    port_id: UUID
    mac: str
    mtu: int
    ips: tuple[str, ...]


class Keypair(msgspec.Struct, frozen=True):
    """A public key that the guest may install; `public_key` is one OpenSSH line."""

    name: str
    public_key: str


class GuestData(msgspec.Struct, frozen=True):
    """What the metadata service answers to this server. `user_data` is base64, as the tenant sent it."""

    keypairs: tuple[Keypair, ...] = ()
    user_data: str | None = None
    properties: dict[str, str] = {}
    availability_zone: str = "nova"
    security_groups: tuple[str, ...] = ()


class DesiredServer(msgspec.Struct, frozen=True, tag="desired_server", tag_field="type"):
    """The whole desired state of one server on the host that receives it.

    `boot_serial` counts the reboots asked for: an agent whose domain carries a lower serial boots it once, in the way
    of `boot_kind`, and stores the serial; a server that is stopped or new only stores it. `hostname` is a valid DNS
    label made from `name`. `request_id` is the API request that caused the change, for the log.
    """

    id: UUID
    generation: int
    project_id: str
    user_id: str
    name: str
    hostname: str
    power: Power
    boot_serial: int
    boot_kind: BootKind
    flavor: Flavor
    image: Image
    interfaces: tuple[Interface, ...]
    metadata_ports: tuple[MetadataPort, ...]
    guest: GuestData
    request_id: str | None = None


class AbsentServer(msgspec.Struct, frozen=True, tag="absent_server", tag_field="type"):
    """Nothing of this server may exist on the receiving host; answered with a `ServerReport` that says `absent`.

    Also answered so when nothing of it ever existed there.
    """

    id: UUID
    generation: int
    request_id: str | None = None


class ConsoleRequest(msgspec.Struct, frozen=True, tag="console_request", tag_field="type"):
    """Asks for the last `max_bytes` of a server's console; the `ConsoleTail` goes to `reply_topic`."""

    id: UUID
    server_id: UUID
    max_bytes: int
    reply_topic: str


class LostPermit(msgspec.Struct, frozen=True):
    """A port that may no longer take part in connections of a protocol to a destination port; None means any."""

    port_id: UUID
    protocol: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None
    destination: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None


class EndConnections(msgspec.Struct, frozen=True, tag="end_connections", tag_field="type"):
    """Permits that ports lost, and addresses that lost a translation or that others no longer admit: what is open of
    them is looked at anew.

    Nothing is answered. A message that is lost leaves connections as open as they were.
    """

    permits: tuple[LostPermit, ...] = ()
    addresses: tuple[str, ...] = ()


class ServerReport(msgspec.Struct, frozen=True, tag="server_report", tag_field="type"):
    """What the agent of `host` sees of one server at the newest generation that it took up.

    `fault` is set exactly when `state` is `error`; `detail` is for the operator's log. `plugged_ports` are the ports
    whose OVS interface carries `ovn-installed`. `boot_serial` is the last one carried out.
    """

    host: Word
    server_id: UUID
    generation: Generation
    state: ObservedState
    boot_serial: Count = 0
    plugged_ports: tuple[UUID, ...] = ()
    fault: FaultCode | None = None
    detail: str = ""


class HostResources(msgspec.Struct, frozen=True):
    """What the whole host has, before anything is placed on it."""

    vcpus: Count
    ram_mb: Count
    disk_gb: Count


class Hypervisor(msgspec.Struct, frozen=True):
    """What runs the guests: e.g. type `QEMU`, version 7002000, host name as libvirt knows it, architecture `x86_64`."""

    type: Word
    version: Count
    hostname: Word
    architecture: Word


class HostReport(msgspec.Struct, frozen=True, tag="host_report", tag_field="type"):
    """The inventory of a host: every server of which anything exists there, in any order."""

    host: Word
    resources: HostResources
    hypervisor: Hypervisor
    servers: tuple[ServerReport, ...]


class ConsoleTail(msgspec.Struct, frozen=True, tag="console_tail", tag_field="type"):
    """The answer to a `ConsoleRequest`; `text` is None when the server has no console log on this host."""

    request_id: UUID
    host: Word
    server_id: UUID
    text: str | None


ToAgent = DesiredServer | AbsentServer | ConsoleRequest | EndConnections
FromAgent = ServerReport | HostReport | ConsoleTail


def agent_topic(host: str) -> str:
    """The topic that only the agent of `host` consumes."""
    return f"agent.{host}"


def server_key(server_id: UUID, generation: int) -> str:
    """The bus key of a desired state: two messages with one key say the same."""
    return f"server/{server_id}/{generation}"


def encode(message: ToAgent | FromAgent) -> bytes:
    """The message as the bytes of a bus body."""
    return msgspec.json.encode(message)


def decode_for_agent(body: bytes) -> ToAgent:
    """What control said; raises `msgspec.DecodeError` (of which `ValidationError` is one) on anything else."""
    return _decode(body, ToAgent)


def decode_for_control(body: bytes) -> FromAgent:
    """What an agent said; raises `msgspec.DecodeError` (of which `ValidationError` is one) on anything else."""
    return _decode(body, FromAgent)


def _decode(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from error
