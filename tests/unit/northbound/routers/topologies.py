"""Random routers between random networks, with the plans of everything that belongs to them."""

from random import Random

from msgspec.structs import replace

from northbound.floating_ips.floating_ip import FloatingIp, PortDetails
from northbound.floating_ips.plan import FloatingIpView, plan_floating_ip
from northbound.networks.plan import plan_network
from northbound.ports.plan import plan_port
from northbound.ports.port import ROUTER_GATEWAY, ROUTER_INTERFACE
from northbound.routers.router import ExtraRoute, Router, RouterAddress, RouterPort
from southbound.ovsdb.rows import Row
from tests.unit.northbound.factories import a_network, a_port_view, a_subnet_view, an_id
from tests.unit.northbound.routers.factories import a_chassis, whole

CHASSIS = [a_chassis(f"host-{number}") for number in range(3)]
TYPES = {"flat": "physical1", "vlan": "physical1", "geneve": None}


def random_topology(random: Random) -> list[Row]:
    """The rows of a router and its networks: gateways (all of one kind), interfaces, extra routes, floating IPs."""
    outer = random.choice(["flat", "vlan", "geneve"])
    gateways = [_gateway(random, number, outer) for number in range(random.randint(0, 3))]
    interfaces = [_interface(random, number) for number in range(random.randint(0, 3))]
    router = Router(
        id=an_id("router"),
        project_id="red",
        name="r",
        ports=[*gateways, *interfaces],
        enable_snat=random.random() < 0.7,
        distributed=random.random() < 0.5,
        enable_default_route_ecmp=random.random() < 0.5,
        enable_default_route_bfd=random.random() < 0.5,
        extra_routes=_extra_routes(random, interfaces),
    )
    rows = [row for port in router.ports for row in _surroundings(port)]
    return [*_once(rows), *whole(router, *CHASSIS), *_floating_ips(random, router)]


def _gateway(random: Random, number: int, network_type: str) -> RouterPort:
    """Gateways of the same network have addresses of its one subnet."""
    network = random.randint(0, 1)
    nexthop = f"172.24.{network}.1" if random.random() < 0.8 else None
    address = RouterAddress(
        subnet_id=an_id(f"outer subnet {network}"),
        ip=f"172.24.{network}.{number + 10}",
        cidr=f"172.24.{network}.0/24",
        subnet_gateway_ip=nexthop,
    )
    port = _port(f"outer {network}", f"gateway {number}", number, [address], network_type, is_gateway=True)
    return replace(port, chassis=random.sample([chassis.name for chassis in CHASSIS], random.randint(1, 3)))


def _interface(random: Random, number: int) -> RouterPort:
    four = [RouterAddress(subnet_id=an_id(f"inner subnet {number}"), ip=f"10.{number}.0.1", cidr=f"10.{number}.0.0/16")]
    six = [
        RouterAddress(
            subnet_id=an_id(f"inner subnet {number}/{place}"),
            ip=f"fd00:{number}:{place}::1",
            cidr=f"fd00:{number}:{place}::/64",
            ipv6_address_mode=random.choice(["slaac", "dhcpv6-stateful", "dhcpv6-stateless", None]),
        )
        for place in range(random.randint(0, 2))
    ]
    network_type = random.choice(list(TYPES))
    return _port(f"inner {number}", f"interface {number}", number + 8, [*four, *six], network_type, is_gateway=False)


def _port(
    network: str, word: str, number: int, addresses: list[RouterAddress], network_type: str, *, is_gateway: bool
) -> RouterPort:
    return RouterPort(
        port_id=an_id(word),
        router_id=an_id("router"),
        network_id=an_id(network),
        mac_address=f"fa:16:3e:00:01:{number:02x}",
        is_gateway=is_gateway,
        position=number,
        network_type=network_type,
        physical_network=TYPES[network_type],
        addresses=addresses,
    )


def _extra_routes(random: Random, interfaces: list[RouterPort]) -> list[ExtraRoute]:
    """Some towards the same destination: those share the traffic."""
    hops = [f"10.{number}.0.{host}" for number in range(len(interfaces)) for host in (7, 8)]
    ways = [(f"192.0.{number}.0/24", hop) for number in range(2) for hop in hops]
    return [ExtraRoute(*way) for way in random.sample(ways, random.randint(0, len(ways)))]


def _surroundings(port: RouterPort) -> list[Row]:
    """The network that a router's port is in, and the switch port that is its other end."""
    network = a_network(
        port.network_id,
        id=port.network_id,
        network_type=port.network_type,
        physical_network=port.physical_network,
        external=port.is_gateway,
        segmentation_id=int(port.network_id[:3], 16) % 4000 + 1 if port.network_type == "vlan" else None,
    )
    other_end = a_port_view(
        port.port_id,
        ips=(),
        subnets=(a_subnet_view(),),
        id=port.port_id,
        network_id=port.network_id,
        mac_address=port.mac_address,
        device_owner=ROUTER_GATEWAY if port.is_gateway else ROUTER_INTERFACE,
        security_groups=[],
    )
    return [*plan_network(network), *plan_port(other_end)]


def _once(rows: list[Row]) -> list[Row]:
    return list({(row.table, row.uuid): row for row in rows}.values())


def _floating_ips(random: Random, router: Router) -> list[Row]:
    """One for a port in each of the router's networks, translated at one of its gateways."""
    if not router.gateways:
        return []
    rows = []
    for number, interface in enumerate(router.interfaces):
        gateway = random.choice(router.gateways)
        rows += plan_floating_ip(
            FloatingIpView(
                FloatingIp(
                    id=an_id(f"floating ip {number}"),
                    project_id="red",
                    description="",
                    floating_network_id=gateway.network_id,
                    floating_ip_address=f"{gateway.addresses[0].ip.rpartition('.')[0]}.{number + 100}",
                    reservation_port_id=an_id(f"reservation {number}"),
                    mac_address=f"fa:16:3e:00:02:{number:02x}",
                    port_id=interface.port_id,
                    fixed_ip_address=f"10.{number}.0.9",
                    router_id=router.id,
                    gateway_port_id=gateway.port_id,
                    port_details=PortDetails("", "", "", True, random.choice(["ACTIVE", "DOWN"]), "", ""),
                ),
                router,
            )
        )
    return rows
