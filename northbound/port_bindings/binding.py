"""A port's binding to one host, and what can be wrong with one, in Neutron's types and words. Pure."""

from typing import Any

from msgspec import Struct

from northbound.ports.port import Port
from runtime.errors import BadRequest, Conflict, NotFound

ACTIVE = "ACTIVE"
INACTIVE = "INACTIVE"


class Binding(Struct, frozen=True, kw_only=True):
    """`is_ready`: the port is there, or OVN prepares it there; False for a place that it has left."""

    host: str
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}
    is_ready: bool = True
    is_active: bool = False


def active_binding(port: Port) -> list[Binding]:
    """Where the port is; empty while it is unbound."""
    if not port.host:
        return []
    return [Binding(host=port.host, vnic_type=port.vnic_type, profile=port.profile, is_active=True)]


class PortBindingNotFound(NotFound):
    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} for host {host[:255]} could not be found.")


class PortBindingAlreadyActive(Conflict):
    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} on host {host} is already active.")


class PortBindingAlreadyExists(Conflict):
    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} on host {host} already exists.")


class PortBindingError(BadRequest):
    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} on host {host} could not be created: no such chassis (host).")


class NoComputePort(BadRequest):
    kind = "BadRequest"

    def __init__(self, port_id: str) -> None:
        super().__init__(f"Bad port request: Invalid port {port_id}. Operation only valid on compute ports.")
