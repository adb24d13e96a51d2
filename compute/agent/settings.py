"""What an agent is told when it starts; the file of `meridian agent`."""

from pathlib import Path

import msgspec

from runtime.settings import Secret


class ControlAccess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the agent reaches control, as its own user of the service project.

    `url` is the root of all APIs, e.g. http://127.0.0.1:5000; with `socket` the bytes go through that unix socket.
    """

    url: str
    user: str
    password: Secret
    socket: str | None = None
    user_domain: str = "Default"
    project: str = "service"
    project_domain: str = "Default"


class AgentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One hypervisor.

    `host` names it everywhere: the bus topic, placement, OVN's chassis. `state_dir` holds disks, images and desired
    states; its path must be short, for sockets lie in it. `ovsdb` is the local Open vSwitch database (`unix:/path`).
    With `amqp_url` messages travel through that broker, without through a WebSocket to control.
    `virt_type` is `kvm` where /dev/kvm works, else `qemu` (emulation). Times are in seconds.
    """

    host: str
    state_dir: Path
    ovsdb: str
    control: ControlAccess
    amqp_url: Secret | None = None
    libvirt_uri: str = "qemu:///system"
    bridge: str = "br-int"
    virt_type: str = "qemu"
    servers_at_once: int = 4
    inventory_period_s: float = 30.0
    shutdown_timeout_s: float = 60.0
    detach_timeout_s: float = 20.0
    install_timeout_s: int = 60
