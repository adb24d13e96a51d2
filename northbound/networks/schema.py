"""The bodies of the networks API, and how a network is shown."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from northbound.envelope import time_text
from northbound.networks.network import LARGEST_TUNNEL_ID, Network, NetworkType
from northbound.projects import Owned
from runtime.attributes import Body, Description, Name, Tag, restricted

DecimalText = Annotated[str, Meta(pattern=r"^[0-9]{1,10}\Z")]
"""The `openstack` client sends the numbers of its options as text."""

Mtu = Annotated[int, Meta(ge=0, le=65535)] | DecimalText
PhysicalNetwork = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+\Z")]
SegmentationId = Annotated[int, Meta(ge=1, le=LARGEST_TUNNEL_ID)] | DecimalText
Zones = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=10)]
SHARED = restricted("network:set_network:shared")
EXTERNAL = restricted("network:set_network:external")
PROVIDER = restricted("network:set_network:provider")


class NetworkDraft(Owned):
    name: Name = ""
    description: Description = ""
    admin_state_up: bool = True
    shared: Annotated[bool, SHARED] | UnsetType = UNSET
    external: Annotated[bool, EXTERNAL] | UnsetType = field(name="router:external", default=UNSET)
    is_default: Annotated[bool, EXTERNAL] | UnsetType = UNSET
    mtu: Mtu | UnsetType = UNSET
    port_security_enabled: bool = True
    availability_zone_hints: Zones = []
    network_type: Annotated[NetworkType, PROVIDER] | UnsetType = field(name="provider:network_type", default=UNSET)
    physical_network: Annotated[PhysicalNetwork | None, PROVIDER] | UnsetType = field(
        name="provider:physical_network", default=UNSET
    )
    segmentation_id: Annotated[SegmentationId | None, PROVIDER] | UnsetType = field(
        name="provider:segmentation_id", default=UNSET
    )
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
    mtu: Mtu | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    segmentation_id: Annotated[SegmentationId, PROVIDER] | UnsetType = field(
        name="provider:segmentation_id", default=UNSET
    )


class UpdateNetwork(Body):
    network: NetworkChanges


def render_network(network: Network, *, provider: bool) -> dict[str, Any]:
    """`provider`: whether the caller may see the segment underneath."""
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
        "port_security_enabled": network.port_security_enabled,
        "availability_zone_hints": network.availability_zone_hints,
        "availability_zones": [],
        "subnets": network.subnets,
        "tags": network.tags,
        "revision_number": network.revision_number,
        "created_at": time_text(network.created_at),
        "updated_at": time_text(network.updated_at),
    }
    if network.external:
        shown["is_default"] = False
    if provider:
        shown["provider:network_type"] = network.network_type
        shown["provider:physical_network"] = network.physical_network
        shown["provider:segmentation_id"] = network.segmentation_id
    return shown
