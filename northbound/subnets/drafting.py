"""A subnet from what the caller said: defaults, and what does not fit together. Pure.

Every error is a 4xx that names the attribute.
"""

import ipaddress
import uuid
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from northbound.addresses.ranges import (
    Pool,
    default_pools,
    first_host,
    is_host,
    outside,
    overlapping,
)
from northbound.networks.network import InvalidInput
from northbound.subnets.schema import PoolBody, RouteBody, SubnetChanges, SubnetDraft
from northbound.subnets.subnet import (
    MOST_HOST_ROUTES,
    MOST_NAMESERVERS,
    DNSNameServersExhausted,
    GatewayConflictWithAllocationPools,
    HostRoute,
    HostRoutesExhausted,
    InvalidAllocationPool,
    OutOfBoundsAllocationPool,
    OverlappingAllocationPools,
    Subnet,
)

SLAAC_PREFIX_LENGTH = 64
LONGEST_DHCP_PREFIX = {4: 30, 6: 126}


def draft_subnet(body: SubnetDraft, project_id: str, cidr: str, subnetpool_id: str | None) -> Subnet:
    """`cidr` is the one that the body names, or that was cut from the pool."""
    gateway_ip = first_host(cidr) if body.gateway_ip is UNSET else _text(body.gateway_ip)
    subnet = Subnet(
        id=str(uuid.uuid4()),
        network_id=str(body.network_id),
        project_id=project_id,
        name=body.name,
        description=body.description,
        ip_version=int(body.ip_version),
        cidr=cidr,
        gateway_ip=gateway_ip,
        enable_dhcp=body.enable_dhcp,
        dns_nameservers=_texts(body.dns_nameservers),
        host_routes=_routes(body.host_routes),
        ipv6_ra_mode=body.ipv6_ra_mode or None,
        ipv6_address_mode=body.ipv6_address_mode or None,
        service_types=body.service_types or [],
        subnetpool_id=subnetpool_id,
        segment_id=str(body.segment_id) if body.segment_id else None,
        dns_publish_fixed_ip=body.dns_publish_fixed_ip,
        allocation_pools=(
            default_pools(cidr, gateway_ip) if body.allocation_pools is UNSET else _pools(body.allocation_pools)
        ),
        tags=body.tags,
    )
    _check_range(subnet)
    _check_modes(subnet, body)
    check_subnet(subnet)
    return subnet


def change_subnet(subnet: Subnet, changes: SubnetChanges) -> Subnet:
    """The subnet as it will be."""
    said = {
        name: value
        for name in ("name", "description", "enable_dhcp", "service_types", "dns_publish_fixed_ip")
        if (value := getattr(changes, name)) is not UNSET
    }
    if changes.gateway_ip is not UNSET:
        said["gateway_ip"] = _text(changes.gateway_ip)
    if changes.dns_nameservers is not UNSET:
        said["dns_nameservers"] = _texts(changes.dns_nameservers)
    if changes.host_routes is not UNSET:
        said["host_routes"] = _routes(changes.host_routes)
    if changes.allocation_pools is not UNSET:
        said["allocation_pools"] = _pools(changes.allocation_pools)
    if changes.segment_id is not UNSET:
        said["segment_id"] = str(changes.segment_id) if changes.segment_id else None
    after = msgspec.structs.replace(subnet, **said)
    if not after.enable_dhcp and (after.ipv6_ra_mode or after.ipv6_address_mode):
        raise InvalidInput("enable_dhcp cannot be disabled with ipv6_ra_mode or ipv6_address_mode set.")
    check_subnet(after)
    return after


def check_subnet(subnet: Subnet) -> None:
    """What must hold of a subnet after every change."""
    if len(subnet.dns_nameservers) > MOST_NAMESERVERS:
        raise DNSNameServersExhausted(subnet.id)
    if len(subnet.host_routes) > MOST_HOST_ROUTES:
        raise HostRoutesExhausted(subnet.id)
    prefix_length = ipaddress.ip_network(subnet.cidr).prefixlen
    if subnet.enable_dhcp and prefix_length > LONGEST_DHCP_PREFIX[subnet.ip_version]:
        raise InvalidInput(f"cidr {subnet.cidr} has a prefix length that is incompatible with enable_dhcp.")
    _check_gateway(subnet)
    _check_pools(subnet)
    _check_version("dns_nameservers", subnet.ip_version, subnet.dns_nameservers)
    for route in subnet.host_routes:
        versions = {ipaddress.ip_network(route.destination).version, ipaddress.ip_address(route.nexthop).version}
        if versions != {subnet.ip_version}:
            raise InvalidInput(
                f"host_routes {route.destination} via {route.nexthop} is not of IP version {subnet.ip_version}."
            )
    for name in ("dns_nameservers", "host_routes", "service_types"):
        values = getattr(subnet, name)
        if len(set(values)) != len(values):
            raise InvalidInput(f"{name} holds an entry twice.")


def _check_range(subnet: Subnet) -> None:
    network = ipaddress.ip_network(subnet.cidr)
    if network.version != subnet.ip_version:
        raise InvalidInput(f"cidr {subnet.cidr} is not of ip_version {subnet.ip_version}.")
    unfit = (
        network.is_multicast or network.is_loopback or network.prefixlen == 0 or network.network_address.is_unspecified
    )
    if unfit or (network.version == 4 and network.is_reserved) or (network.version == 6 and network.is_link_local):
        raise InvalidInput(f"cidr {subnet.cidr} cannot be used for ports.")


def _check_modes(subnet: Subnet, body: SubnetDraft) -> None:
    modes = [mode for mode in (subnet.ipv6_ra_mode, subnet.ipv6_address_mode) if mode]
    if not modes:
        return
    if subnet.ip_version == 4:
        raise InvalidInput("ipv6_ra_mode and ipv6_address_mode are for ip_version 6 alone.")
    if not body.enable_dhcp:
        raise InvalidInput("ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False.")
    if len(set(modes)) > 1:
        raise InvalidInput("ipv6_ra_mode and ipv6_address_mode differ.")
    if subnet.autonomous and ipaddress.ip_network(subnet.cidr).prefixlen != SLAAC_PREFIX_LENGTH:
        raise InvalidInput(f"cidr {subnet.cidr} must have a prefix of /64 for ipv6_address_mode {modes[0]}.")


def _check_gateway(subnet: Subnet) -> None:
    """A gateway may stand outside its subnet: hosts reach it by a route of their own, or it is link-local."""
    if subnet.gateway_ip is None:
        return
    gateway = ipaddress.ip_address(subnet.gateway_ip)
    within = gateway.version == subnet.ip_version and gateway in ipaddress.ip_network(subnet.cidr)
    unfit = (
        gateway.is_multicast or gateway.is_loopback or gateway.is_unspecified or gateway.version != subnet.ip_version
    )
    if unfit or (within and not is_host(subnet.cidr, subnet.gateway_ip)):
        raise InvalidInput(f"gateway_ip {subnet.gateway_ip} is not valid on subnet {subnet.cidr}.")


def _check_pools(subnet: Subnet) -> None:
    pools = subnet.allocation_pools
    if astray := outside(subnet.cidr, pools):
        raise OutOfBoundsAllocationPool(astray, subnet.cidr)
    if pair := overlapping(pools):
        raise OverlappingAllocationPools(*pair, subnet.cidr)
    for pool in pools:
        if subnet.gateway_ip and is_host(subnet.cidr, subnet.gateway_ip) and pool.holds(subnet.gateway_ip):
            raise GatewayConflictWithAllocationPools(subnet.gateway_ip, pool)


def _check_version(name: str, version: int, addresses: Sequence[str]) -> None:
    for address in addresses:
        if ipaddress.ip_address(address).version != version:
            raise InvalidInput(f"{name} {address} is not of IP version {version}.")


def _pools(bodies: Sequence[PoolBody]) -> list[Pool]:
    """In order of addresses, as they are stored."""
    pools = []
    for body in bodies:
        first, last = ipaddress.ip_address(body.start), ipaddress.ip_address(body.end)
        if first.version != last.version or int(first) > int(last):
            raise InvalidAllocationPool(f"{body.start}-{body.end}")
        pools.append(Pool(str(first), str(last)))
    return sorted(pools, key=lambda pool: int(ipaddress.ip_address(pool.first)))


def _routes(bodies: Sequence[RouteBody]) -> list[HostRoute]:
    return [HostRoute(str(body.destination), str(body.nexthop)) for body in bodies]


def _texts(values: Sequence[str]) -> list[str]:
    return [str(value) for value in values]


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)
