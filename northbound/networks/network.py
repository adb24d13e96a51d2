"""A network as PostgreSQL holds it, with the segments under it."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from northbound.networks.segment import Segment
from runtime.errors import BadRequest, Conflict, NotFound

UNDERLAY_MTU = 1500
GENEVE_OVERHEAD = 58
"""IPv4 header 20, UDP 8, Geneve 8 with options 8, inner Ethernet 14."""
SMALLEST_MTU = {4: 68, 6: 1280}
"""What IP asks of a link. Source: RFC 791, RFC 8200 section 5."""


class Network(Struct, frozen=True, kw_only=True):
    """`segments` are in order of their position, never none; `subnets` are ids in order of creation.

    `vlan_transparent` and `qinq` None: nobody said. `is_default`: the external network that topologies made by
    themselves use; there is one at most. `l2_adjacency`: every address is reachable without a router, because no subnet
    belongs to one segment alone.
    """

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
    segments: list[Segment]
    dns_domain: str = ""
    is_default: bool = False
    qos_policy_id: str | None = None
    vlan_transparent: bool | None = None
    qinq: bool | None = None
    l2_adjacency: bool = True
    ipv4_address_scope: str | None = None
    ipv6_address_scope: str | None = None
    subnets: list[str] = []
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def segment(self) -> Segment:
        """The first one: the only one, for most networks."""
        return self.segments[0]

    @property
    def physical_networks(self) -> list[str]:
        """Those that a segment lies on; none for a network of tunnels."""
        return [segment.physical_network for segment in self.segments if segment.physical_network]


def largest_mtu(network_type: str) -> int:
    """What fits one frame of the underlay, in bytes."""
    return UNDERLAY_MTU - GENEVE_OVERHEAD if network_type == "geneve" else UNDERLAY_MTU


def check_mtu(network_id: str, mtu: int, ip_versions: Iterable[int]) -> None:
    """Passes when subnets of those IP versions work with the MTU; raises NetworkMTUSubnetConflict."""
    for version in ip_versions:
        if mtu < SMALLEST_MTU[version]:
            raise NetworkMTUSubnetConflict(network_id, SMALLEST_MTU[version])


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


class NetworkMTUSubnetConflict(Conflict):
    def __init__(self, network_id: str, smallest: int) -> None:
        super().__init__(f"MTU of {network_id} is not valid, subnet requires a minimum of {smallest} (mtu).")


class DefaultExternalNetworkExists(Conflict):
    def __init__(self) -> None:
        super().__init__("A default external network already exists (is_default).")
