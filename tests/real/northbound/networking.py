"""Networks, subnets and ports for tests, made through the stores as the routes make them."""

from uuid import uuid4

from deploy.lab.daemons.waiting import until
from northbound.addresses.ranges import default_pools, first_host
from northbound.networks import store as networks
from northbound.networks.network import Network
from northbound.networks.segment import Segment
from northbound.ports import metadata
from northbound.ports import store as ports
from northbound.ports.port import Port, PortDraft
from northbound.sharing import store as sharing
from northbound.subnets import store as subnets
from northbound.subnets.subnet import Subnet
from runtime.database import Connection
from runtime.web.listing import Page, Where

PROJECT = "p" * 32
STRANGER = "s" * 32


def a_network(**said: object) -> Network:
    values = {
        "id": str(uuid4()),
        "project_id": PROJECT,
        "name": "a network",
        "description": "",
        "admin_state_up": True,
        "shared": False,
        "external": False,
        "mtu": 1442,
        "port_security_enabled": True,
        "availability_zone_hints": [],
    }
    place = {"network_type": "geneve", "physical_network": None, "segmentation_id": None}
    place |= {name: said.pop(name) for name in place.keys() & said.keys()}
    segment = Segment(id=str(uuid4()), network_id=said.get("id", values["id"]), **place)
    return Network(**(values | {"segments": [segment]} | said))


def a_subnet(network_id: str, cidr: str = "10.50.0.0/24", **said: object) -> Subnet:
    gateway_ip = said.pop("gateway_ip", first_host(cidr))
    values = {
        "id": str(uuid4()),
        "network_id": network_id,
        "project_id": PROJECT,
        "name": "",
        "description": "",
        "ip_version": 6 if ":" in cidr else 4,
        "cidr": cidr,
        "gateway_ip": gateway_ip,
        "enable_dhcp": True,
        "allocation_pools": default_pools(cidr, gateway_ip),
    }
    return Subnet(**(values | said))


async def insert_network(conn: Connection, *cidrs: str, **said: object) -> tuple[Network, list[Subnet]]:
    """A network with its metadata port and a subnet for each CIDR."""
    network = a_network(**said)
    await networks.insert_network(conn, network)
    await metadata.insert_metadata_port(conn, network)
    made = [a_subnet(network.id, cidr) for cidr in cidrs]
    for subnet in made:
        await subnets.insert_subnet(conn, subnet)
        await metadata.enter_subnet(conn, subnet)
    return await networks.fetch_network(conn, network.id, None), made


async def insert_port(conn: Connection, network_id: str, **said: object) -> Port:
    return await ports.create_port(conn, PortDraft(network_id=network_id, **said), PROJECT, PROJECT)


async def share_networks(conn: Connection) -> None:
    """Every network there is, with every project."""
    for network in await networks.list_networks(conn, Page(), Where(), None):
        await sharing.set_shared(conn, "network", network.id, network.project_id, True)


async def until_somebody_waits(conn: Connection) -> None:
    """Until another session of PostgreSQL waits for a lock."""

    async def waits() -> bool:
        return await conn.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")

    await until(waits, 20)
