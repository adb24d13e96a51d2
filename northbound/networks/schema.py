"""The bodies of the networks API, and how a network is shown."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from northbound.envelope import time_text
from northbound.networks.network import Network
from northbound.networks.segment import LARGEST_TUNNEL_ID, Segment, SegmentType
from northbound.projects import Owned
from runtime.attributes import Body, Description, DnsDomain, Name, Tag, Uuid, restricted

DecimalText = Annotated[str, Meta(pattern=r"^[0-9]{1,10}\Z")]
"""The `openstack` client sends the numbers of its options as text."""

Mtu = Annotated[int, Meta(ge=0, le=65535)] | DecimalText
PhysicalNetwork = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+\Z")]
SegmentationId = Annotated[int, Meta(ge=1, le=LARGEST_TUNNEL_ID)] | DecimalText
Zones = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=10)]
SHARED = restricted("network:set_network:shared")
EXTERNAL = restricted("network:set_network:external")
PROVIDER = restricted("network:set_network:provider")
FILTERED = restricted("network:set_network:port_security_enabled")


class SegmentBody(Body):
    """One of several segments that a new network gets at once."""

    network_type: SegmentType = field(name="provider:network_type")
    physical_network: PhysicalNetwork | None | UnsetType = field(name="provider:physical_network", default=UNSET)
    segmentation_id: SegmentationId | None | UnsetType = field(name="provider:segmentation_id", default=UNSET)


class NetworkDraft(Owned):
    name: Name = ""
    description: Description = ""
    admin_state_up: bool = True
    shared: Annotated[bool, SHARED] | UnsetType = UNSET
    external: Annotated[bool, EXTERNAL] | UnsetType = field(name="router:external", default=UNSET)
    is_default: Annotated[bool, EXTERNAL] | UnsetType = UNSET
    qos_policy_id: Uuid | None | UnsetType = UNSET
    mtu: Mtu | UnsetType = UNSET
    port_security_enabled: Annotated[bool, FILTERED] | UnsetType = UNSET
    availability_zone_hints: Zones = []
    dns_domain: DnsDomain | UnsetType = UNSET
    vlan_transparent: bool | None | UnsetType = UNSET
    qinq: bool | None | UnsetType = UNSET
    network_type: Annotated[SegmentType, PROVIDER] | UnsetType = field(name="provider:network_type", default=UNSET)
    physical_network: Annotated[PhysicalNetwork | None, PROVIDER] | UnsetType = field(
        name="provider:physical_network", default=UNSET
    )
    segmentation_id: Annotated[SegmentationId | None, PROVIDER] | UnsetType = field(
        name="provider:segmentation_id", default=UNSET
    )
    segments: Annotated[list[SegmentBody], Meta(min_length=1, max_length=32), PROVIDER] | UnsetType = UNSET
    tags: Annotated[list[Tag], Meta(max_length=50)] = []


class CreateNetwork(Body):
    network: NetworkDraft | UnsetType = UNSET
    networks: list[NetworkDraft] | UnsetType = UNSET


class NetworkChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    shared: Annotated[bool, SHARED] | UnsetType = UNSET
    external: Annotated[bool, EXTERNAL] | UnsetType = field(name="router:external", default=UNSET)
    is_default: Annotated[bool, EXTERNAL] | UnsetType = UNSET
    qos_policy_id: Uuid | None | UnsetType = UNSET
    mtu: Mtu | UnsetType = UNSET
    dns_domain: DnsDomain | UnsetType = UNSET
    port_security_enabled: Annotated[bool, FILTERED] | UnsetType = UNSET
    network_type: Annotated[SegmentType, PROVIDER] | UnsetType = field(name="provider:network_type", default=UNSET)
    physical_network: Annotated[PhysicalNetwork | None, PROVIDER] | UnsetType = field(
        name="provider:physical_network", default=UNSET
    )
    segmentation_id: Annotated[SegmentationId | None, PROVIDER] | UnsetType = field(
        name="provider:segmentation_id", default=UNSET
    )


class UpdateNetwork(Body):
    network: NetworkChanges


def render_network(network: Network, zones: Sequence[str], *, provider: bool) -> dict[str, Any]:
    """`zones` are those that it is in; `provider`: whether the caller may see the segments underneath."""
    shown: dict[str, Any] = {
        "id": network.id,
        "name": network.name,
        "description": network.description,
        "project_id": network.project_id,
        "tenant_id": network.project_id,
        "admin_state_up": network.admin_state_up,
        "status": "ACTIVE",
        "shared": network.shared,
        "router:external": network.external,
        "mtu": network.mtu,
        "qos_policy_id": network.qos_policy_id,
        "dns_domain": network.dns_domain,
        "vlan_transparent": network.vlan_transparent,
        "qinq": network.qinq,
        "l2_adjacency": network.l2_adjacency,
        "ipv4_address_scope": network.ipv4_address_scope,
        "ipv6_address_scope": network.ipv6_address_scope,
        "port_security_enabled": network.port_security_enabled,
        "availability_zone_hints": network.availability_zone_hints,
        "availability_zones": zones,
        "subnets": network.subnets,
        "tags": network.tags,
        "revision_number": network.revision_number,
        "created_at": time_text(network.created_at),
        "updated_at": time_text(network.updated_at),
    }
    if network.external:
        shown["is_default"] = network.is_default
    if provider:
        places = [_render_place(segment) for segment in network.segments]
        shown |= places[0] if len(places) == 1 else {"segments": places}
    return shown


def _render_place(segment: Segment) -> dict[str, Any]:
    return {
        "provider:network_type": segment.network_type,
        "provider:physical_network": segment.physical_network,
        "provider:segmentation_id": segment.segmentation_id,
    }
