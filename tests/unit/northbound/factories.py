"""Networks, subnets and ports with readable defaults; ids are made from a word, always the same."""

from uuid import NAMESPACE_URL, uuid5

from northbound.addresses.ranges import default_pools, first_host
from northbound.networks.network import Network
from northbound.networks.segment import Segment
from northbound.ports.plan import PortView
from northbound.ports.port import FixedIp, Port
from northbound.subnets.plan import SubnetView
from northbound.subnets.subnet import Subnet

PROJECT = "p" * 32


def an_id(word: str) -> str:
    return str(uuid5(NAMESPACE_URL, word))


def a_network(word: str = "network", **said: object) -> Network:
    values = {
        "id": an_id(word),
        "project_id": PROJECT,
        "name": word,
        "description": "",
        "admin_state_up": True,
        "shared": False,
        "external": False,
        "mtu": 1442,
        "port_security_enabled": True,
        "availability_zone_hints": [],
    }
    place = {"network_type": "geneve", "physical_network": None, "segmentation_id": 7}
    place |= {name: said.pop(name) for name in place.keys() & said.keys()}
    segment = Segment(id=an_id(f"segment of {word}"), network_id=values["id"], **place)
    return Network(**(values | {"segments": [segment]} | said))


def a_subnet(word: str = "subnet", network: str = "network", cidr: str = "10.50.0.0/24", **said: object) -> Subnet:
    gateway_ip = said.pop("gateway_ip", first_host(cidr))
    values = {
        "id": an_id(word),
        "network_id": an_id(network),
        "project_id": PROJECT,
        "name": word,
        "description": "",
        "ip_version": 6 if ":" in cidr else 4,
        "cidr": cidr,
        "gateway_ip": gateway_ip,
        "enable_dhcp": True,
        "allocation_pools": default_pools(cidr, gateway_ip),
    }
    return Subnet(**(values | said))


def a_subnet_view(*words: str, mtu: int = 1442, metadata_ip: str | None = "10.50.0.2", **said: object) -> SubnetView:
    return SubnetView(a_subnet(*words, **said), mtu, metadata_ip)


def a_port(word: str = "port", network: str = "network", ips: tuple[str, ...] = ("10.50.0.9",), **said: object) -> Port:
    values = {
        "id": an_id(word),
        "network_id": an_id(network),
        "project_id": PROJECT,
        "name": word,
        "description": "",
        "mac_address": "fa:16:3e:00:00:09",
        "admin_state_up": True,
        "device_id": "",
        "device_owner": "",
        "port_security_enabled": True,
        "fixed_ips": [FixedIp(an_id("subnet"), ip) for ip in ips],
        "security_groups": [an_id("group")],
    }
    return Port(**(values | said))


def a_port_view(*words: str, subnets: tuple[SubnetView, ...] | None = None, **said: object) -> PortView:
    return PortView(a_port(*words, **said), 1442, [a_subnet_view()] if subnets is None else list(subnets))
