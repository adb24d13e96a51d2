"""A desired server as a libvirt domain, and what a domain says about itself; pure, both ways.

The XML is built from elements, never from strings, and holds no word of the tenant's: ids, numbers, MAC addresses
and paths that the agent chose. Disk formats are stated for the overlay and for what is behind it, so that neither
libvirt nor QEMU looks into bytes that a guest wrote. The guest sees its own id as the serial number of the machine,
not the host's. Our element in `<metadata>` carries the generation that the domain was brought to and the serial of
its last boot. Source: libvirt's formatdomain.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as xml

from compute.messages import DesiredServer, Interface

METADATA_URI = "urn:meridian:server:1"
METADATA_PREFIX = "meridian"

_INTERFACE_ALIAS = "ua-"
_DEVICE_NAME_LENGTH = 14
# Disk, NICs, random numbers, balloon and everything hot-plugged each take one.
_PCIE_ROOT_PORTS = 20


@dataclass(frozen=True)
class ServerFiles:
    """Where the host keeps what one guest uses. `backing_format` is the verified format of the image."""

    disk: Path
    backing: Path
    backing_format: str
    console_log: Path
    console_socket: Path


@dataclass(frozen=True)
class Definition:
    """What a domain of ours says about itself. `generation` is 0 until the domain was brought to one."""

    server_id: UUID
    project_id: str
    generation: int
    boot_serial: int
    port_ids: frozenset[UUID]


def device_name(port_id: UUID) -> str:
    """The tap device of a port: the kernel allows 15 characters, the OpenStack world uses 14."""
    return f"tap{port_id}"[:_DEVICE_NAME_LENGTH]


def domain_xml(server: DesiredServer, files: ServerFiles, *, virt_type: str, generation: int) -> str:
    """The whole persistent definition. `generation` is the one that the server was already brought to."""
    root = xml.Element("domain", type=virt_type)
    _text(root, "name", f"instance-{server.id}")
    _text(root, "uuid", str(server.id))
    metadata = xml.SubElement(root, "metadata")
    xml.SubElement(metadata, f"{{{METADATA_URI}}}server", metadata_element(server, generation).attrib)
    _text(root, "memory", str(server.flavor.ram_mb), unit="MiB")
    _text(root, "vcpu", str(server.flavor.vcpus))
    _append_machine(root, server)
    for event, reaction in (("on_poweroff", "destroy"), ("on_reboot", "restart"), ("on_crash", "destroy")):
        _text(root, event, reaction)
    devices = xml.SubElement(root, "devices")
    devices.extend(_controllers())
    devices.append(_disk(files))
    devices.extend(interface_element(interface) for interface in server.interfaces)
    devices.extend(_console(files))
    devices.extend(_random_and_balloon())
    return xml.tostring(root, encoding="unicode")


def metadata_element(server: DesiredServer, generation: int) -> xml.Element:
    """Our element inside `<metadata>`, without the namespace that libvirt puts on what it is given later."""
    return xml.Element(
        "server",
        {
            "project": server.project_id,
            "generation": str(generation),
            "boot-serial": str(server.boot_serial),
        },
    )


def interface_element(interface: Interface) -> xml.Element:
    """A network card on a tap that libvirt makes and removes and that the agent plugs.

    The host must not leave checksums to be finished later: the userspace datapath forwards such packets as they are.
    """
    element = xml.Element("interface", type="ethernet")
    xml.SubElement(element, "mac", address=interface.mac)
    xml.SubElement(element, "target", dev=device_name(interface.port_id), managed="yes")
    xml.SubElement(element, "model", type="virtio")
    xml.SubElement(xml.SubElement(element, "driver"), "host", csum="off")
    xml.SubElement(element, "mtu", size=str(interface.mtu))
    xml.SubElement(element, "alias", name=interface_alias(interface.port_id))
    return element


def interface_alias(port_id: UUID) -> str:
    """The name by which libvirt finds the card of a port again."""
    return f"{_INTERFACE_ALIAS}{port_id}"


def parse_definition(text: str) -> Definition | None:
    """What a domain's XML says, or None when the domain is not ours.

    What somebody edited into nonsense counts as not said: a wrong number is 0, a wrong alias is no port of ours.
    """
    root = xml.fromstring(text)
    ours = root.find(f"metadata/{{{METADATA_URI}}}server")
    if ours is None:
        return None
    return Definition(
        server_id=UUID(root.findtext("uuid")),
        project_id=ours.get("project", ""),
        generation=_number(ours.get("generation")),
        boot_serial=_number(ours.get("boot-serial")),
        port_ids=frozenset(_port_ids(root.iterfind("devices/interface/alias"))),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _port_ids(aliases: Iterable[xml.Element]) -> Iterator[UUID]:
    for alias in aliases:
        with contextlib.suppress(ValueError):
            yield UUID(alias.get("name", "").removeprefix(_INTERFACE_ALIAS))


def _append_machine(root: xml.Element, server: DesiredServer) -> None:
    sysinfo = xml.SubElement(xml.SubElement(root, "sysinfo", type="smbios"), "system")
    for name, value in (("manufacturer", "Meridian"), ("product", "Meridian"), ("serial", str(server.id))):
        _text(sysinfo, "entry", value, name=name)
    os = xml.SubElement(root, "os")
    _text(os, "type", "hvm", arch="x86_64", machine="q35")
    xml.SubElement(os, "boot", dev="hd")
    xml.SubElement(os, "smbios", mode="sysinfo")
    features = xml.SubElement(root, "features")
    xml.SubElement(features, "acpi")
    xml.SubElement(features, "apic")
    xml.SubElement(root, "clock", offset="utc")


def _controllers() -> Iterable[xml.Element]:
    yield xml.Element("controller", type="pci", index="0", model="pcie-root")
    for _ in range(_PCIE_ROOT_PORTS):
        yield xml.Element("controller", type="pci", model="pcie-root-port")
    yield xml.Element("controller", type="usb", model="none")


def _disk(files: ServerFiles) -> xml.Element:
    disk = xml.Element("disk", type="file", device="disk")
    xml.SubElement(disk, "driver", name="qemu", type="qcow2", discard="unmap")
    xml.SubElement(disk, "source", file=str(files.disk))
    backing = xml.SubElement(disk, "backingStore", type="file")
    xml.SubElement(backing, "format", type=files.backing_format)
    xml.SubElement(backing, "source", file=str(files.backing))
    xml.SubElement(backing, "backingStore")
    xml.SubElement(disk, "target", dev="vda", bus="virtio")
    xml.SubElement(disk, "alias", name="ua-root")
    return disk


def _console(files: ServerFiles) -> Iterable[xml.Element]:
    serial = xml.Element("serial", type="unix")
    xml.SubElement(serial, "source", mode="bind", path=str(files.console_socket))
    xml.SubElement(serial, "log", file=str(files.console_log), append="on")
    xml.SubElement(serial, "target", port="0")
    yield serial


def _random_and_balloon() -> Iterable[xml.Element]:
    random = xml.Element("rng", model="virtio")
    _text(random, "backend", "/dev/urandom", model="random")
    yield random
    yield xml.Element("memballoon", model="virtio")


def _text(parent: xml.Element, tag: str, text: str, **attributes: str) -> None:
    xml.SubElement(parent, tag, attributes).text = text


xml.register_namespace(METADATA_PREFIX, METADATA_URI)
