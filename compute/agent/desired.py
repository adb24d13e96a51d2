"""Checks what control asks for before any tool of the host sees it.

Control has checked every value already; this is the second lock on the door: MAC and IP addresses travel into
`ovs-vsctl` and `ip` arguments, so here they are what they claim to be or the message is refused.
"""

import ipaddress
import re

from compute.agent.faults import DesiredStateInvalid
from compute.messages import DesiredServer, Interface, MetadataPort

_MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")
_SHA512 = re.compile(r"[0-9a-f]{128}")
_PROJECT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MTU = range(68, 65536)


def check(server: DesiredServer) -> None:
    """Raises DesiredStateInvalid with the name of the first attribute that cannot be used."""
    _require(_PROJECT.fullmatch(server.project_id), "project_id")
    _require(server.flavor.vcpus > 0, "flavor.vcpus")
    _require(server.flavor.ram_mb > 0, "flavor.ram_mb")
    _require(server.flavor.disk_gb >= 0, "flavor.disk_gb")
    _require(_SHA512.fullmatch(server.image.sha512), "image.sha512")
    _require(server.image.size_bytes > 0, "image.size_bytes")
    for interface in server.interfaces:
        _check_interface(interface)
    for port in server.metadata_ports:
        _check_metadata_port(port)


def _check_interface(interface: Interface) -> None:
    _require(_MAC.fullmatch(interface.mac), "interfaces.mac")
    _require(interface.mtu in _MTU, "interfaces.mtu")
    for address in interface.addresses:
        _require(_is_address(address.ip), "interfaces.addresses.ip")


def _check_metadata_port(port: MetadataPort) -> None:
    _require(_MAC.fullmatch(port.mac), "metadata_ports.mac")
    _require(port.mtu in _MTU, "metadata_ports.mtu")
    _require(all(_is_address_with_prefix(ip) for ip in port.ips), "metadata_ports.ips")


def _is_address(text: str) -> bool:
    try:
        return str(ipaddress.ip_address(text)) == text
    except ValueError:
        return False


def _is_address_with_prefix(text: str) -> bool:
    try:
        return str(ipaddress.ip_interface(text)) == text
    except ValueError:
        return False


def _require(holds: object, attribute: str) -> None:
    if not holds:
        raise DesiredStateInvalid(f"{attribute} cannot be used")
