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


class Forwarding(Struct, frozen=True, kw_only=True):
    """A part of a floating IP that leads to a port: external ports, in order, to internal ones, or all to one.

    Ranges are inclusive.
    """

    id: str
    protocol: str
    external_from: int
    external_to: int
    internal_from: int
    internal_to: int
    internal_port_id: str
    internal_ip_address: str

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(external, internal) ports."""
        externals = range(self.external_from, self.external_to + 1)
        step = 0 if self.internal_from == self.internal_to else 1
        return [(external, self.internal_from + step * place) for place, external in enumerate(externals)]


class FloatingIp(Struct, frozen=True, kw_only=True):
    """`port_id`, `fixed_ip_address` and `gateway_port_id` are all set, or none is; `router_id` is set then, and while it
    has `port_forwardings`. It never has both. `mac_address` is the reservation's.
    """

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
    port_forwardings: list[Forwarding] = []
    dns_name: str = ""
    dns_domain: str = ""
    qos_policy_id: str | None = None
    qos_network_policy_id: str | None = None
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def effective_qos_policy_id(self) -> str | None:
        """Its own policy, else that of the network that it is an address of."""
        return self.qos_policy_id or self.qos_network_policy_id

    @property
    def status(self) -> str:
        return "ACTIVE" if self.port_id or self.port_forwardings else "DOWN"


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


class FipInUseByPortForwarding(Conflict):
    def __init__(self, floating_ip_id: str) -> None:
        super().__init__(f"Floating IP {floating_ip_id} in use by Port Forwarding resources.")


class InvalidFloatingIp(BadRequest):
    """Neutron answers these with the plain type BadRequest."""

    kind = "BadRequest"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Bad floatingip request: {reason}.")
