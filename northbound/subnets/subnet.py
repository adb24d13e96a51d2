"""A subnet as PostgreSQL holds it."""

from datetime import datetime

from msgspec import Struct

from northbound.addresses.ranges import Pool
from runtime.errors import BadRequest, Conflict, NotFound

MOST_NAMESERVERS = 5
MOST_HOST_ROUTES = 20


class HostRoute(Struct, frozen=True):
    """Both canonical: `destination` a CIDR, `nexthop` an address of the same IP version."""

    destination: str
    nexthop: str


class Subnet(Struct, frozen=True, kw_only=True):
    """`cidr` has no host bits. `network_project_id` is the project of the network, which may be another one.

    `segment_id`: the only segment of its network that the subnet is reachable in, None for all of them. `external`: its
    network is. `address_scope_id` is its pool's.
    """

    id: str
    network_id: str
    project_id: str
    name: str
    description: str
    ip_version: int
    cidr: str
    gateway_ip: str | None
    enable_dhcp: bool
    dns_nameservers: list[str] = []
    host_routes: list[HostRoute] = []
    ipv6_ra_mode: str | None = None
    ipv6_address_mode: str | None = None
    service_types: list[str] = []
    allocation_pools: list[Pool] = []
    subnetpool_id: str | None = None
    segment_id: str | None = None
    dns_publish_fixed_ip: bool = False
    address_scope_id: str | None = None
    external: bool = False
    network_project_id: str = ""
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def autonomous(self) -> bool:
        """Guests make their own address here, from the prefix and their MAC."""
        return self.ipv6_address_mode in ("slaac", "dhcpv6-stateless")

    @property
    def serves_metadata(self) -> bool:
        """The network's metadata port has an address here."""
        return self.ip_version == 4 and self.enable_dhcp


class SubnetNotFound(NotFound):
    def __init__(self, subnet_id: str) -> None:
        super().__init__(f"Subnet {subnet_id} could not be found.")


class SubnetInUse(Conflict):
    def __init__(self, subnet_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on subnet {subnet_id}:"
            " One or more ports have an IP allocation from this subnet."
        )


class DNSNameServersExhausted(BadRequest):
    def __init__(self, subnet_id: str) -> None:
        super().__init__(
            f"Unable to complete operation for {subnet_id}. The number of DNS nameservers exceeds the limit"
            f" {MOST_NAMESERVERS} (dns_nameservers)."
        )


class HostRoutesExhausted(BadRequest):
    def __init__(self, subnet_id: str) -> None:
        super().__init__(
            f"Unable to complete operation for {subnet_id}. The number of host routes exceeds the limit"
            f" {MOST_HOST_ROUTES} (host_routes)."
        )


class InvalidAllocationPool(BadRequest):
    def __init__(self, pool: str) -> None:
        super().__init__(f"The allocation pool {pool} is not valid (allocation_pools).")


class OutOfBoundsAllocationPool(BadRequest):
    def __init__(self, pool: Pool, cidr: str) -> None:
        super().__init__(
            f"The allocation pool {pool.first}-{pool.last} spans beyond the subnet cidr {cidr} (allocation_pools)."
        )


class OverlappingAllocationPools(Conflict):
    def __init__(self, lower: Pool, upper: Pool, cidr: str) -> None:
        super().__init__(
            f"Found overlapping allocation pools {lower.first}-{lower.last}, {upper.first}-{upper.last} for subnet {cidr}."
        )


class GatewayConflictWithAllocationPools(Conflict):
    def __init__(self, gateway_ip: str, pool: Pool) -> None:
        super().__init__(
            f"Gateway ip {gateway_ip} conflicts with allocation pool {pool.first}-{pool.last} (gateway_ip)."
        )


class GatewayIpInUse(Conflict):
    def __init__(self, gateway_ip: str, port_id: str) -> None:
        super().__init__(f"Current gateway ip {gateway_ip} already in use by port {port_id}. Unable to update.")


class SubnetsNotAllAssociatedWithSegments(BadRequest):
    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"All of the subnets on network '{network_id}' must either all be associated with segments or all not"
            " associated with any segment (segment_id)."
        )


class NetworkIdsDontMatch(BadRequest):
    def __init__(self, network_id: str, segment_id: str) -> None:
        super().__init__(f"The segment {segment_id} is not of the subnet's network {network_id} (segment_id).")


class SubnetSegmentAssociationChangeNotAllowed(BadRequest):
    def __init__(self) -> None:
        super().__init__(
            "A subnet that is already associated with a segment cannot have its segment association changed (segment_id)."
        )


class NoUpdateSubnetWhenMultipleSegmentsOnNetwork(BadRequest):
    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"The network '{network_id}' has multiple segments, it is only possible to associate an existing subnet"
            " with a segment on networks with a single segment (segment_id)."
        )
