"""The bodies of the subnets API, and how a subnet is shown."""

from typing import Annotated, Any, Literal, Self

from msgspec import UNSET, Meta, UnsetType

from northbound.envelope import time_text
from northbound.projects import Owned
from northbound.subnets.subnet import MOST_HOST_ROUTES, MOST_NAMESERVERS, Subnet
from runtime.attributes import (
    Body,
    Cidr,
    Description,
    IpAddress,
    Name,
    Tag,
    Uuid,
    at_most,
    restricted,
)

Mode = Literal["slaac", "dhcpv6-stateful", "dhcpv6-stateless"]
Nameservers = Annotated[list[IpAddress], at_most(MOST_NAMESERVERS)]
ServiceType = Annotated[str, Meta(max_length=255, pattern=r"^[a-z]+:[A-Za-z0-9_:.-]*\Z")]
ServiceTypes = Annotated[list[ServiceType], Meta(max_length=10), restricted("network:set_subnet:service_types")]


class PoolBody(Body):
    start: IpAddress
    end: IpAddress


class RouteBody(Body):
    destination: Cidr
    nexthop: IpAddress


DecimalText = Annotated[str, Meta(pattern=r"^[0-9]{1,9}\Z")]
PrefixLength = Annotated[int, Meta(ge=0, le=128)] | DecimalText
SEGMENT = restricted("network:set_subnet:segment_id")
PREFIX_DELEGATION = "prefix_delegation"


class PoolId(Uuid):
    """The id of a subnet pool, or the word for addresses that a router is delegated."""

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text) if text == PREFIX_DELEGATION else super().parse(text)


Pools = Annotated[list[PoolBody], Meta(max_length=64)]
HostRoutes = Annotated[list[RouteBody], at_most(MOST_HOST_ROUTES)]


class SubnetDraft(Owned, kw_only=True):
    network_id: Uuid
    ip_version: Literal[4, 6, "4", "6"]
    cidr: Cidr | None | UnsetType = UNSET
    prefixlen: PrefixLength | UnsetType = UNSET
    subnetpool_id: PoolId | None | UnsetType = UNSET
    use_default_subnetpool: bool = False
    segment_id: Annotated[Uuid | None, SEGMENT] | UnsetType = UNSET
    name: Name = ""
    description: Description = ""
    gateway_ip: IpAddress | None | UnsetType = UNSET
    enable_dhcp: bool = True
    dns_nameservers: Nameservers = []
    host_routes: HostRoutes = []
    allocation_pools: Pools | UnsetType = UNSET
    ipv6_ra_mode: Mode | None | UnsetType = UNSET
    ipv6_address_mode: Mode | None | UnsetType = UNSET
    dns_publish_fixed_ip: bool = False
    service_types: ServiceTypes | UnsetType = UNSET
    tags: Annotated[list[Tag], Meta(max_length=50)] = []


class CreateSubnet(Body):
    subnet: SubnetDraft | UnsetType = UNSET
    subnets: list[SubnetDraft] | UnsetType = UNSET


class SubnetChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    gateway_ip: IpAddress | None | UnsetType = UNSET
    enable_dhcp: bool | UnsetType = UNSET
    dns_nameservers: Nameservers | UnsetType = UNSET
    host_routes: HostRoutes | UnsetType = UNSET
    allocation_pools: Pools | UnsetType = UNSET
    dns_publish_fixed_ip: bool | UnsetType = UNSET
    service_types: ServiceTypes | UnsetType = UNSET
    segment_id: Annotated[Uuid | None, SEGMENT] | UnsetType = UNSET


class UpdateSubnet(Body):
    subnet: SubnetChanges


def render_subnet(subnet: Subnet, *, segment: bool) -> dict[str, Any]:
    """`segment`: whether the caller may see which segment of its network the subnet belongs to."""
    shown = {
        "id": subnet.id,
        "name": subnet.name,
        "description": subnet.description,
        "network_id": subnet.network_id,
        "project_id": subnet.project_id,
        "tenant_id": subnet.project_id,
        "ip_version": subnet.ip_version,
        "cidr": subnet.cidr,
        "gateway_ip": subnet.gateway_ip,
        "enable_dhcp": subnet.enable_dhcp,
        "dns_nameservers": subnet.dns_nameservers,
        "host_routes": subnet.host_routes,
        "allocation_pools": [{"start": pool.first, "end": pool.last} for pool in subnet.allocation_pools],
        "ipv6_ra_mode": subnet.ipv6_ra_mode,
        "ipv6_address_mode": subnet.ipv6_address_mode,
        "subnetpool_id": subnet.subnetpool_id,
        "service_types": subnet.service_types,
        "dns_publish_fixed_ip": subnet.dns_publish_fixed_ip,
        "router:external": subnet.external,
        "tags": subnet.tags,
        "revision_number": subnet.revision_number,
        "created_at": time_text(subnet.created_at),
        "updated_at": time_text(subnet.updated_at),
    }
    return shown | {"segment_id": subnet.segment_id} if segment else shown
