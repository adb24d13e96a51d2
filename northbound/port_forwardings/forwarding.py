"""A port forwarding as PostgreSQL holds it, and the rules that need no database. Pure."""

from typing import NamedTuple

from northbound.floating_ips.floating_ip import Forwarding
from northbound.port_forwardings.errors import InvalidPortForwarding

MOST_PORTS = 2048
"""External ports of one floating IP that are forwarded: each is an address of its own to OVN, on the router and on every
network behind it."""


class Ports(NamedTuple):
    """An inclusive range."""

    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


class PortForwarding(Forwarding, frozen=True, kw_only=True):
    """`interface_port_id` and `gateway_port_id` are those of the router that forwards."""

    floating_ip_id: str
    internal_subnet_id: str
    interface_port_id: str
    gateway_port_id: str
    description: str = ""
    revision_number: int = 1

    @property
    def external(self) -> Ports:
        return Ports(self.external_from, self.external_to)

    @property
    def internal(self) -> Ports:
        return Ports(self.internal_from, self.internal_to)


def check_ports(external: Ports, internal: Ports) -> None:
    """Passes when each external port has its internal one, or all have the same."""
    if internal.count not in (1, external.count):
        raise InvalidPortForwarding(
            "Invalid ranges of internal and/or external ports. The relation between internal and external ports must be "
            "N-N or 1-N (internal_port_range, external_port_range)"
        )
