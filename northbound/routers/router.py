"""A router as PostgreSQL holds it, its ports, and the rules that need no database. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network

from msgspec import Struct

from northbound.routers.errors import InvalidRouterInterface, InvalidRoutes

MOST_EXTRA_ROUTES = 30
FABRIC_TYPES = ("flat", "vlan")


class ExtraRoute(Struct, frozen=True):
    """`destination` is a canonical CIDR, `nexthop` an address of a network that the router is in."""

    destination: str
    nexthop: str


class RouterAddress(Struct, frozen=True, kw_only=True):
    """One address of a router's port, with what plans and checks need of its subnet.

    `subnet_gateway_ip` is the subnet's own gateway_ip: on an external subnet the router's next hop.
    """

    subnet_id: str
    ip: str
    cidr: str
    subnet_gateway_ip: str | None = None
    ipv6_address_mode: str | None = None

    @property
    def ip_version(self) -> int:
        return ip_address(self.ip).version

    @property
    def with_prefix(self) -> str:
        return f"{self.ip}/{ip_network(self.cidr).prefixlen}"


class RouterPort(Struct, frozen=True, kw_only=True):
    """An interface or a gateway; `mtu`, `network_type` and `physical_network` are its network's.

    `position` orders a router's gateways. `chassis` are the names of those that a gateway is placed on, in order: see
    `gateways`.
    """

    port_id: str
    router_id: str
    network_id: str
    mac_address: str
    is_gateway: bool
    position: int = 0
    chassis: list[str] = []
    qos_policy_id: str | None = None
    revision_number: int = 1
    mtu: int = 1500
    network_type: str = "geneve"
    physical_network: str | None = None
    addresses: list[RouterAddress] = []

    @property
    def is_fabric(self) -> bool:
        """Whether its network is one of the physical fabric, rather than a tunnelled one."""
        return self.network_type in FABRIC_TYPES

    @property
    def ips(self) -> set[str]:
        return {address.ip for address in self.addresses}


class Router(Struct, frozen=True, kw_only=True):
    """`ports` are in order of their ids.

    `distributed`: floating IPs are translated where their ports are. With `enable_default_route_ecmp` every gateway has
    default routes, which share the traffic; with `enable_default_route_bfd` a next hop that is silent is left out.
    """

    id: str
    project_id: str
    name: str
    description: str = ""
    admin_state_up: bool = True
    enable_snat: bool = True
    distributed: bool = False
    enable_default_route_ecmp: bool = False
    enable_default_route_bfd: bool = False
    extra_routes: list[ExtraRoute] = []
    availability_zone_hints: list[str] = []
    ports: list[RouterPort] = []
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def gateways(self) -> list[RouterPort]:
        """In order: the first is the one that external_gateway_info speaks of."""
        return sorted((port for port in self.ports if port.is_gateway), key=lambda port: port.position)

    @property
    def gateway(self) -> RouterPort | None:
        """The first one."""
        return next(iter(self.gateways), None)

    @property
    def interfaces(self) -> list[RouterPort]:
        return [port for port in self.ports if not port.is_gateway]

    @property
    def is_bridged(self) -> bool:
        """Whether traffic reaches the gateway through the fabric itself rather than in tunnels."""
        return self.distributed and bool(self.interfaces) and all(port.is_fabric for port in self.ports)

    @property
    def addresses(self) -> list[RouterAddress]:
        return [address for port in self.ports for address in port.addresses]


def check_no_overlap(router: Router, subnets: Iterable[tuple[str, str]]) -> None:
    """Passes when none of `subnets` (id, CIDR) shares an address with a subnet the router is in already."""
    for subnet_id, cidr in subnets:
        for known in router.addresses:
            if known.subnet_id == subnet_id:
                raise InvalidRouterInterface("router", f"Router already has a port on subnet {subnet_id}")
            if _overlap(known.cidr, cidr):
                raise InvalidRouterInterface(
                    "router",
                    f"Cidr {cidr} of subnet {subnet_id} overlaps with cidr {known.cidr} of subnet {known.subnet_id}",
                )


def check_gateway(router: Router, gateway: RouterPort) -> None:
    """Passes when none of the gateway's subnets overlaps what else the router is in.

    Gateways of one network may share its subnets: each has an address of its own there.
    """
    others = [port for port in router.ports if not port.is_gateway or port.network_id != gateway.network_id]
    beside = Router(id=router.id, project_id=router.project_id, name=router.name, ports=others)
    check_no_overlap(beside, [(address.subnet_id, address.cidr) for address in gateway.addresses])
    if len({port.is_fabric for port in router.gateways}) > 1:
        raise InvalidRouterInterface(
            "router", "Gateways on tunnelled networks and on physical ones cannot be mixed (external_gateways)"
        )


def check_forwarding(router: Router) -> None:
    """Passes when OVN forwards ports of floating IPs at such a router, which it does at one place alone."""
    if len(router.gateways) > 1:
        raise InvalidRouterInterface(
            "port_forwarding", f"OVN forwards no ports at a router with several gateways (router {router.id})"
        )
    if router.is_bridged:
        raise InvalidRouterInterface(
            "port_forwarding",
            f"OVN forwards no ports at a distributed router between physical networks alone (router {router.id})",
        )


def _overlap(one: str, other: str) -> bool:
    first, second = ip_network(one), ip_network(other)
    return first.version == second.version and first.overlaps(second)


def check_extra_routes(router: Router, routes: Sequence[ExtraRoute]) -> None:
    """Passes when each next hop is a neighbour of the router and not the router itself, and none is there twice."""
    own = {address.ip for address in router.addresses}
    if len(set(routes)) != len(routes):
        raise InvalidRoutes(str([_text(route) for route in routes])[:256], "routes: an entry is there twice")
    for route in routes:
        if ip_network(route.destination).version != ip_address(route.nexthop).version:
            raise InvalidRoutes(_text(route), "destination and nexthop are of different IP versions")
        if route.nexthop in own:
            raise InvalidRoutes(_text(route), "the nexthop is used by router")
        if not any(reaches(address, route.nexthop) for address in router.addresses):
            raise InvalidRoutes(_text(route), "the nexthop is not connected with router")


def stranded_routes(before: Router, after: Router) -> list[ExtraRoute]:
    """The extra routes whose next hop was a neighbour of the router before its ports changed, and is none after."""
    return [route for route in before.extra_routes if _is_neighbour(before, route) and not _is_neighbour(after, route)]


def _is_neighbour(router: Router, route: ExtraRoute) -> bool:
    return any(reaches(address, route.nexthop) and address.ip != route.nexthop for address in router.addresses)


def reaches(address: RouterAddress, nexthop: str) -> bool:
    """Whether the next hop lies in the subnet of the router's address."""
    return ip_address(nexthop) in ip_network(address.cidr)


def _text(route: ExtraRoute) -> str:
    return f"{{'destination': '{route.destination}', 'nexthop': '{route.nexthop}'}}"
