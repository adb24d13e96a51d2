"""The bodies of the floating IPs API, and how a floating IP is shown."""

from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from northbound.dns.names import DnsName
from northbound.envelope import time_text
from northbound.floating_ips.floating_ip import FloatingIp, Forwarding
from northbound.ports.port import AddressRequest
from northbound.projects import Owned
from runtime.attributes import Body, Description, DnsDomain, IpAddress, Uuid, restricted

ADDRESS = restricted("network:set_floatingip:floating_ip_address")


class FloatingIpDraft(Owned, kw_only=True):
    floating_network_id: Uuid
    subnet_id: Uuid | None = None
    floating_ip_address: Annotated[IpAddress | None, ADDRESS] | UnsetType = UNSET
    port_id: Uuid | None = None
    fixed_ip_address: IpAddress | None = None
    qos_policy_id: Uuid | None = None
    description: Description = ""
    dns_name: DnsName | UnsetType = UNSET
    dns_domain: DnsDomain | UnsetType = UNSET


class CreateFloatingIp(Body):
    floatingip: FloatingIpDraft | UnsetType = UNSET
    floatingips: list[FloatingIpDraft] | UnsetType = UNSET


class FloatingIpChanges(Body):
    """`port_id` null ends the association; left out, it stays, unless nothing is said at all: that ends it, too."""

    port_id: Uuid | None | UnsetType = UNSET
    fixed_ip_address: IpAddress | None | UnsetType = UNSET
    qos_policy_id: Uuid | None | UnsetType = UNSET
    description: Description | UnsetType = UNSET


class UpdateFloatingIp(Body):
    floatingip: FloatingIpChanges


def parse_wish(draft: FloatingIpDraft) -> AddressRequest | None:
    """The address that is asked for; None when that is left to us."""
    if draft.subnet_id is None and not draft.floating_ip_address:
        return None
    return AddressRequest(draft.subnet_id, draft.floating_ip_address or None)


def render_floating_ip(floating_ip: FloatingIp) -> dict[str, Any]:
    return {
        "id": floating_ip.id,
        "project_id": floating_ip.project_id,
        "tenant_id": floating_ip.project_id,
        "description": floating_ip.description,
        "floating_network_id": floating_ip.floating_network_id,
        "floating_ip_address": floating_ip.floating_ip_address,
        "router_id": floating_ip.router_id,
        "port_id": floating_ip.port_id,
        "fixed_ip_address": floating_ip.fixed_ip_address,
        "port_details": floating_ip.port_details,
        "port_forwardings": [_render_forwarding(forwarding) for forwarding in floating_ip.port_forwardings],
        "dns_name": floating_ip.dns_name,
        "dns_domain": floating_ip.dns_domain,
        "status": floating_ip.status,
        "qos_policy_id": floating_ip.qos_policy_id,
        "qos_network_policy_id": floating_ip.qos_network_policy_id,
        "tags": floating_ip.tags,
        "revision_number": floating_ip.revision_number,
        "created_at": time_text(floating_ip.created_at),
        "updated_at": time_text(floating_ip.updated_at),
    }


def _render_forwarding(forwarding: Forwarding) -> dict[str, Any]:
    return {
        "id": forwarding.id,
        "internal_port_id": forwarding.internal_port_id,
        "internal_ip_address": forwarding.internal_ip_address,
        "protocol": forwarding.protocol,
        **render_ports(forwarding),
    }


def render_ports(forwarding: Forwarding) -> dict[str, Any]:
    """The ports of a forwarding: numbers where it is of one port, else ranges."""
    if forwarding.external_from == forwarding.external_to:
        return {"external_port": forwarding.external_from, "internal_port": forwarding.internal_from}
    return {
        "external_port_range": f"{forwarding.external_from}:{forwarding.external_to}",
        "internal_port_range": f"{forwarding.internal_from}:{forwarding.internal_to}",
    }
