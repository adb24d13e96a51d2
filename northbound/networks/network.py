"""A network as PostgreSQL holds it, with the one segment under it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from runtime.errors import BadRequest, Conflict, NotFound

NetworkType = Literal["flat", "vlan", "geneve"]

LARGEST_TUNNEL_ID = 2**24 - 1
UNDERLAY_MTU = 1500
GENEVE_OVERHEAD = 58
"""IPv4 header 20, UDP 8, Geneve 8 with options 8, inner Ethernet 14."""


class Network(Struct, frozen=True, kw_only=True):
    """`subnets` are ids in order of creation. A geneve network has no physical network."""

    id: str
    project_id: str
    name: str
    description: str
    admin_state_up: bool
    shared: bool
    external: bool
    mtu: int
    port_security_enabled: bool
    availability_zone_hints: list[str]
    segment_id: str
    network_type: str
    physical_network: str | None
    segmentation_id: int | None
    subnets: list[str] = []
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


def largest_mtu(network_type: str) -> int:
    """What fits one frame of the underlay, in bytes."""
    return UNDERLAY_MTU - GENEVE_OVERHEAD if network_type == "geneve" else UNDERLAY_MTU


class NetworkNotFound(NotFound):
    def __init__(self, network_id: str) -> None:
        super().__init__(f"Network {network_id} could not be found.")


class NetworkInUse(Conflict):
    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on network {network_id}. There are one or more ports still in use on the network."
        )


class ExternalNetworkInUse(Conflict):
    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"External network {network_id} cannot be updated to be made non-external (router:external), since it has "
            "existing gateway ports or floating IPs."
        )


class InvalidInput(BadRequest):
    """Neutron's type for an attribute that contradicts another one or the state of a resource."""

    def __init__(self, message: str) -> None:
        super().__init__(f"Invalid input for operation: {message}")


class FlatNetworkInUse(Conflict):
    def __init__(self, physical_network: str | None) -> None:
        super().__init__(
            f"Unable to create the flat network. Physical network {physical_network} is in use (provider:physical_network)."
        )


class VlanIdInUse(Conflict):
    def __init__(self, physical_network: str | None, segmentation_id: int | None) -> None:
        super().__init__(
            f"Unable to create the network. The VLAN {segmentation_id} on physical network {physical_network}"
            " is in use (provider:segmentation_id)."
        )


class TunnelIdInUse(Conflict):
    def __init__(self, segmentation_id: int | None) -> None:
        super().__init__(
            f"Unable to create the network. The tunnel ID {segmentation_id} is in use (provider:segmentation_id)."
        )


class NoNetworkAvailable(Conflict):
    def __init__(self, physical_network: str | None) -> None:
        super().__init__(f"Unable to create the network. No VLAN is available on physical network {physical_network}.")
