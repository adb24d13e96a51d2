"""Desired servers with readable defaults; ids that are not given are new ones."""

from uuid import UUID, uuid4

from compute.agent.converge import Activity, ObservedDomain
from compute.agent.domain import Definition
from compute.messages import (
    Address,
    DesiredServer,
    Flavor,
    GuestData,
    Image,
    Interface,
    MetadataPort,
)

NETWORK = UUID("11111111-2222-4333-8444-555555555555")


def an_image(**changes) -> Image:
    return Image(**{"id": uuid4(), "disk_format": "qcow2", "size_bytes": 1000, "sha512": "ab" * 64, **changes})


def an_address(ip: str = "10.50.0.7", **changes) -> Address:
    defaults = {"subnet_id": uuid4(), "ip": ip, "cidr": "10.50.0.0/16", "gateway": "10.50.0.1"}
    return Address(**{**defaults, **changes})


def an_interface(**changes) -> Interface:
    defaults = {"port_id": uuid4(), "network_id": NETWORK, "mac": "fa:16:3e:00:00:07", "mtu": 1442}
    return Interface(**{**defaults, "addresses": (an_address(),), **changes})


def a_metadata_port(**changes) -> MetadataPort:
    defaults = {"network_id": NETWORK, "port_id": uuid4(), "mac": "fa:16:3e:00:00:02", "mtu": 1442}
    return MetadataPort(**{**defaults, "ips": ("10.50.0.2/16",), **changes})


def a_server(**changes) -> DesiredServer:
    defaults = {
        "id": uuid4(),
        "generation": 1,
        "project_id": "4a5b6c",
        "user_id": "7d8e9f",
        "name": "web",
        "hostname": "web",
        "power": "running",
        "boot_serial": 0,
        "boot_kind": "soft",
        "flavor": Flavor(vcpus=1, ram_mb=128, disk_gb=1),
        "image": an_image(),
        "interfaces": (an_interface(),),
        "metadata_ports": (),
        "guest": GuestData(),
    }
    return DesiredServer(**{**defaults, **changes})


def a_domain(server: DesiredServer, activity: Activity = Activity.RUNNING, **changes) -> ObservedDomain:
    """The domain of a server that was brought to its desired state."""
    defaults = {
        "server_id": server.id,
        "project_id": server.project_id,
        "generation": server.generation,
        "boot_serial": server.boot_serial,
        "port_ids": frozenset(interface.port_id for interface in server.interfaces),
    }
    return ObservedDomain(Definition(**{**defaults, **changes}), activity)
