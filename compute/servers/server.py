"""A server's row as a value."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

VmState = Literal["building", "active", "stopped", "paused", "error"]
PowerState = Literal["unknown", "running", "paused", "shutdown", "crashed"]


class FlavorCopy(Struct, frozen=True):
    """The flavor as it was when the server was made."""

    id: str
    name: str
    vcpus: int
    ram_mb: int
    disk_gb: int
    ephemeral_gb: int = 0
    swap_mb: int = 0
    extra_specs: dict[str, str] = {}


class ImageCopy(Struct, frozen=True):
    """The image as it was when the server was made."""

    id: str
    disk_format: Literal["qcow2", "raw"]
    size_bytes: int
    sha512: str
    properties: dict[str, str] = {}


class Fault(Struct, frozen=True):
    """Why a server is in ERROR. `message` comes from our own catalogue; `details` are for administrators."""

    code: int
    message: str
    details: str = ""


class Server(Struct, frozen=True, kw_only=True):
    """One row of compute.servers. `observed_*` are None until the agent's first report."""

    id: str
    project_id: str
    user_id: str
    name: str
    description: str | None
    hostname: str
    vm_state: VmState
    task_state: str | None
    power_state: PowerState
    generation: int
    desired_power: Literal["running", "stopped"]
    boot_serial: int
    boot_kind: Literal["soft", "hard"]
    observed_generation: int | None
    observed_state: str | None
    observed_boot_serial: int | None
    observed_fault: str | None
    observed_at: datetime | None
    host: str | None
    availability_zone: str | None
    flavor: FlavorCopy
    image: ImageCopy
    key_name: str | None
    public_key: str | None
    user_data: str | None
    config_drive: bool
    metadata: dict[str, str]
    tags: list[str]
    access_ip_v4: str | None
    access_ip_v6: str | None
    reservation_id: str
    launch_index: int
    fault_code: int | None
    fault_message: str | None
    fault_details: str | None
    fault_at: datetime | None
    delete_requested_at: datetime | None
    created_at: datetime
    updated_at: datetime
    launched_at: datetime | None

    @property
    def leaving(self) -> bool:
        """Its deletion was asked for: no step may bring anything of it back."""
        return self.delete_requested_at is not None


def parse_server(row: Mapping[str, Any]) -> Server:
    return msgspec.convert(dict(row), Server)
