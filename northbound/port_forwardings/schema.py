"""The bodies of the port forwardings API, and how a forwarding is shown."""

from typing import Annotated, Any, Literal, Self

from msgspec import UNSET, Meta, UnsetType

from northbound.floating_ips.schema import render_ports
from northbound.port_forwardings.errors import InvalidPortForwarding
from northbound.port_forwardings.forwarding import PortForwarding, Ports
from runtime.attributes import Body, IpAddress, Scalar, Uuid

PortNumber = Annotated[int, Meta(ge=1, le=65535)]
Protocol = Literal["tcp", "udp"]
"""What OVN forwards: the other protocols that Neutron's attribute has are of other drivers."""
LongDescription = Annotated[str, Meta(max_length=1024)]


class PortRange(Scalar):
    """Ports `first:last`, or a single one."""

    @classmethod
    def parse(cls, text: str) -> Self:
        first, _, last = text.partition(":")
        numbers = [first, last or first]
        if not all(number.isascii() and number.isdecimal() and 1 <= int(number[:6]) <= 65535 for number in numbers):
            raise ValueError(f"'{text[:64]}' is not a range of ports, first:last, between 1 and 65535")
        if int(numbers[0]) > int(numbers[1]):
            raise ValueError(f"'{text[:64]}' ends before it begins")
        return cls(f"{int(numbers[0])}:{int(numbers[1])}")


class ForwardingDraft(Body):
    internal_port_id: Uuid
    protocol: Protocol
    internal_ip_address: IpAddress | UnsetType = UNSET
    internal_port: PortNumber | None | UnsetType = UNSET
    external_port: PortNumber | None | UnsetType = UNSET
    internal_port_range: PortRange | None | UnsetType = UNSET
    external_port_range: PortRange | None | UnsetType = UNSET
    description: LongDescription = ""
    project_id: str | UnsetType = UNSET
    tenant_id: str | UnsetType = UNSET


class CreateForwarding(Body):
    port_forwarding: ForwardingDraft


class ForwardingChanges(Body):
    internal_port_id: Uuid | UnsetType = UNSET
    protocol: Protocol | UnsetType = UNSET
    internal_ip_address: IpAddress | UnsetType = UNSET
    internal_port: PortNumber | None | UnsetType = UNSET
    external_port: PortNumber | None | UnsetType = UNSET
    internal_port_range: PortRange | None | UnsetType = UNSET
    external_port_range: PortRange | None | UnsetType = UNSET
    description: LongDescription | UnsetType = UNSET


class UpdateForwarding(Body):
    port_forwarding: ForwardingChanges


def parse_ports(body: ForwardingDraft | ForwardingChanges, side: str) -> Ports | None:
    """The `internal` or `external` ports that the body names, by number or as a range; None when it names none."""
    number, span = getattr(body, f"{side}_port") or None, getattr(body, f"{side}_port_range") or None
    if span is None:
        return None if number is None else Ports(number, number)
    first, last = map(int, span.split(":"))
    if number is not None and (first, last) != (number, number):
        raise InvalidPortForwarding(f"{side}_port and {side}_port_range say different ports")
    return Ports(first, last)


def needed_ports(body: ForwardingDraft, side: str) -> Ports:
    ports = parse_ports(body, side)
    if ports is None:
        raise InvalidPortForwarding(f"either {side}_port or {side}_port_range is required")
    return ports


def render_forwarding(forwarding: PortForwarding) -> dict[str, Any]:
    return {
        "id": forwarding.id,
        "internal_port_id": forwarding.internal_port_id,
        "internal_ip_address": forwarding.internal_ip_address,
        "protocol": forwarding.protocol,
        "internal_port": None,
        "external_port": None,
        **render_ports(forwarding),
        "internal_port_range": f"{forwarding.internal_from}:{forwarding.internal_to}",
        "external_port_range": f"{forwarding.external_from}:{forwarding.external_to}",
        "description": forwarding.description,
        "revision_number": forwarding.revision_number,
    }
