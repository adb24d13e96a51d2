"""What the metadata service answers to one server, as a tree of documents; pure.

The whole tree is a function of the desired server, so nobody is asked while a guest boots. Sources: OpenStack's
metadata layout (`/openstack/<version>/...`, JSON) and EC2's (`/<version>/meta-data/...`, one value per path).
"""

import base64
import binascii
import ipaddress
import json
from dataclasses import dataclass, field

from compute.agent.domain import device_name
from compute.messages import Address, DesiredServer, Interface

_OPENSTACK_VERSIONS = (
    "2012-08-10",
    "2013-04-04",
    "2013-10-17",
    "2015-10-15",
    "2016-06-30",
    "2016-10-06",
    "2017-02-22",
    "2018-08-27",
    "2020-10-14",
    "latest",
)
_EC2_VERSIONS = (
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
    "latest",
)


@dataclass(frozen=True)
class Document:
    body: bytes
    content_type: str = "text/plain"


@dataclass(frozen=True)
class Directory:
    """Named documents and directories. `labels` is what a listing shows of an entry, where it is not its name."""

    entries: dict[str, "Document | Directory"]
    labels: dict[str, str] = field(default_factory=dict)

    def listing(self) -> bytes:
        """One line per entry; a directory ends in a slash, as EC2's clients expect."""
        return "\n".join(self._label(name, entry) for name, entry in self.entries.items()).encode()

    def _label(self, name: str, entry: "Document | Directory") -> str:
        return self.labels.get(name) or (f"{name}/" if isinstance(entry, Directory) else name)


def find(server: DesiredServer, path: str) -> Document | None:
    """The document at a path, a listing where the path names a directory, None where nothing is."""
    entry: Document | Directory | None = _root(server)
    for name in (part for part in path.split("/") if part):
        entry = entry.entries.get(name) if isinstance(entry, Directory) else None
    return Document(entry.listing()) if isinstance(entry, Directory) else entry


def _root(server: DesiredServer) -> Directory:
    openstack, ec2 = _openstack(server), _ec2(server)
    return Directory(
        {
            **dict.fromkeys(_EC2_VERSIONS, ec2),
            "openstack": Directory(
                dict.fromkeys(_OPENSTACK_VERSIONS, openstack),
                labels={version: version for version in _OPENSTACK_VERSIONS},
            ),
        },
        labels={version: version for version in _EC2_VERSIONS},
    )


def _openstack(server: DesiredServer) -> Directory:
    documents: dict[str, Document | Directory] = {
        "meta_data.json": _json(_meta_data(server)),
        "network_data.json": _json(_network_data(server)),
        "vendor_data.json": _json({}),
        "vendor_data2.json": _json({}),
    }
    return Directory({**documents, **_user_data(server, "user_data")})


def _meta_data(server: DesiredServer) -> dict:
    guest = server.guest
    document = {
        "uuid": str(server.id),
        "name": server.name,
        "hostname": server.hostname,
        "availability_zone": guest.availability_zone,
        "project_id": server.project_id,
        "launch_index": 0,
        "meta": guest.properties,
        "devices": [],
    }
    if guest.keypairs:
        document["public_keys"] = {key.name: key.public_key for key in guest.keypairs}
        document["keys"] = [{"name": key.name, "type": "ssh", "data": key.public_key} for key in guest.keypairs]
    return document


def _network_data(server: DesiredServer) -> dict:
    numbered = [(interface, address) for interface in server.interfaces for address in interface.addresses]
    servers = dict.fromkeys(dns for _interface, address in numbered for dns in address.dns_servers)
    return {
        "links": [_link(interface) for interface in server.interfaces],
        "networks": [_network(number, *pair) for number, pair in enumerate(numbered)],
        "services": [{"type": "dns", "address": address} for address in servers],
    }


def _link(interface: Interface) -> dict:
    return {
        "id": device_name(interface.port_id),
        "vif_id": str(interface.port_id),
        "type": "ovs",
        "ethernet_mac_address": interface.mac,
        "mtu": interface.mtu,
    }


def _network(number: int, interface: Interface, address: Address) -> dict:
    subnet = ipaddress.ip_network(address.cidr, strict=False)
    everywhere = "0.0.0.0" if subnet.version == 4 else "::"
    route = {"network": everywhere, "netmask": everywhere, "gateway": address.gateway}
    return {
        "id": f"network{number}",
        "type": f"ipv{subnet.version}",
        "link": device_name(interface.port_id),
        "network_id": str(interface.network_id),
        "ip_address": address.ip,
        "netmask": str(subnet.netmask),
        "routes": [route] if address.gateway else [],
    }


def _ec2(server: DesiredServer) -> Directory:
    values = {
        "ami-id": "ami-" + server.image.id.hex[:8],
        "ami-launch-index": "0",
        "hostname": server.hostname,
        "instance-action": "none",
        "instance-id": "i-" + server.id.hex[:8],
        "local-hostname": server.hostname,
        "local-ipv4": _first_ipv4(server),
        "mac": server.interfaces[0].mac if server.interfaces else "",
        "public-hostname": server.hostname,
        "public-ipv4": "",
        "reservation-id": "r-" + server.id.hex[:8],
        "security-groups": "\n".join(server.guest.security_groups),
    }
    entries: dict[str, Document | Directory] = {name: Document(value.encode()) for name, value in values.items()}
    entries["placement"] = Directory({"availability-zone": Document(server.guest.availability_zone.encode())})
    if server.guest.keypairs:
        entries["public-keys"] = _ec2_keys(server)
    return Directory({"meta-data": Directory(entries), **_user_data(server, "user-data")})


def _ec2_keys(server: DesiredServer) -> Directory:
    """EC2 lists keys as `0=name` and serves them by number."""
    keys = {str(number): key for number, key in enumerate(server.guest.keypairs)}
    return Directory(
        {number: Directory({"openssh-key": Document(key.public_key.encode())}) for number, key in keys.items()},
        labels={number: f"{number}={key.name}" for number, key in keys.items()},
    )


def _user_data(server: DesiredServer, name: str) -> dict[str, Document | Directory]:
    """The tenant's bytes under `name`, or nothing when there are none or they are not base64."""
    if not server.guest.user_data:
        return {}
    try:
        body = base64.b64decode(server.guest.user_data, validate=True)
    except (binascii.Error, ValueError):
        return {}
    return {name: Document(body, "application/octet-stream")}


def _first_ipv4(server: DesiredServer) -> str:
    addresses = (address.ip for interface in server.interfaces for address in interface.addresses)
    return next((ip for ip in addresses if ipaddress.ip_address(ip).version == 4), "")


def _json(document: dict) -> Document:
    return Document(json.dumps(document).encode(), "application/json")
