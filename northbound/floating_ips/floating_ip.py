"""A floating IP as PostgreSQL holds it, and what can be wrong with one."""

from datetime import datetime

from msgspec import Struct

from runtime.errors import BadRequest, Conflict, NotFound


class PortDetails(Struct, frozen=True):
    """What the owner of a floating IP is shown of the port behind it."""

    name: str
    network_id: str
    mac_address: str
    admin_state_up: bool
    status: str
    device_id: str
    device_owner: str


class FloatingIp(Struct, frozen=True, kw_only=True):
    """`port_id`, `fixed_ip_address`, `router_id` and `gateway_port_id` are all set, or none is; `mac_address` is the
    reservation's."""

    id: str
    project_id: str
    description: str
    floating_network_id: str
    floating_ip_address: str
    reservation_port_id: str
    mac_address: str
    port_id: str | None = None
    fixed_ip_address: str | None = None
    router_id: str | None = None
    gateway_port_id: str | None = None
    port_details: PortDetails | None = None
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def status(self) -> str:
        return "ACTIVE" if self.port_id else "DOWN"


class FloatingIPNotFound(NotFound):
    def __init__(self, floating_ip_id: str) -> None:
        super().__init__(f"Floating IP {floating_ip_id} could not be found")


class ExternalGatewayForFloatingIPNotFound(NotFound):
    def __init__(self, subnet_id: str, network_id: str, port_id: str) -> None:
        super().__init__(
            f"External network {network_id} is not reachable from subnet {subnet_id}.  "
            f"Therefore, cannot associate Port {port_id} with a Floating IP."
        )


class FloatingIPPortAlreadyAssociated(Conflict):
    def __init__(self, address: str, floating_ip_id: str, port_id: str, fixed_ip: str, network_id: str) -> None:
        super().__init__(
            f"Cannot associate floating IP {address} ({floating_ip_id}) with port {port_id} using fixed IP {fixed_ip}, "
            f"as that fixed IP already has a floating IP on external network {network_id}."
        )


class InvalidFloatingIp(BadRequest):
    """Neutron answers these with the plain type BadRequest."""

    kind = "BadRequest"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Bad floatingip request: {reason}.")
