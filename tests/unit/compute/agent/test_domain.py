"""The XML of a server: what libvirt is told, and that nothing of the tenant's can change it."""

from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as xml

from hypothesis import given
from hypothesis import strategies as st

from compute.agent.domain import ServerFiles, device_name, domain_xml, parse_definition
from compute.messages import GuestData
from tests.unit.compute.agent.desired_servers import a_server, an_interface

FILES = ServerFiles(
    disk=Path("/state/instances/1/disk"),
    backing=Path("/state/images/1"),
    backing_format="raw",
    console_log=Path("/state/instances/1/console.log"),
    console_socket=Path("/state/run/1"),
)


def parsed(server, generation: int = 0) -> xml.Element:
    return xml.fromstring(domain_xml(server, FILES, virt_type="qemu", generation=generation))


def test_domain_carries_id_size_and_our_element() -> None:
    server = a_server(generation=7, boot_serial=3)
    root = parsed(server, generation=6)
    assert root.get("type") == "qemu"
    assert (root.findtext("uuid"), root.findtext("name")) == (str(server.id), f"instance-{server.id}")
    assert (root.findtext("memory"), root.find("memory").get("unit"), root.findtext("vcpu")) == ("128", "MiB", "1")
    definition = parse_definition(xml.tostring(root, encoding="unicode"))
    assert (definition.generation, definition.boot_serial, definition.project_id) == (6, 3, server.project_id)


def test_definition_names_the_port_of_each_interface() -> None:
    interfaces = (an_interface(), an_interface())
    definition = parse_definition(domain_xml(a_server(interfaces=interfaces), FILES, virt_type="kvm", generation=0))
    assert definition.port_ids == {interface.port_id for interface in interfaces}


def test_foreign_domain_is_not_ours() -> None:
    assert parse_definition("<domain><uuid>1</uuid><metadata><other xmlns='urn:x'/></metadata></domain>") is None


def test_threat_c15_definition_that_somebody_spoiled_can_still_be_read() -> None:
    server = a_server(generation=7)
    spoiled = domain_xml(server, FILES, virt_type="qemu", generation=7)
    spoiled = spoiled.replace('generation="7"', 'generation="seven"').replace("ua-", "ua-x")
    definition = parse_definition(spoiled)
    assert (definition.server_id, definition.generation, definition.port_ids) == (server.id, 0, frozenset())


def test_interface_is_a_managed_tap_with_checksums_finished_by_the_host() -> None:
    interface = an_interface(port_id=UUID("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"))
    element = parsed(a_server(interfaces=(interface,))).find("devices/interface")
    assert element.get("type") == "ethernet"
    assert element.find("target").attrib == {"dev": "tap0a1b2c3d-4e", "managed": "yes"}
    assert element.find("driver/host").attrib == {"csum": "off"}
    assert element.find("mtu").get("size") == "1442"
    assert element.find("alias").get("name") == f"ua-{interface.port_id}"


def test_device_name_has_fourteen_characters() -> None:
    assert device_name(UUID("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d")) == "tap0a1b2c3d-4e"


def test_threat_c8_formats_of_the_whole_backing_chain_are_stated() -> None:
    disk = parsed(a_server()).find("devices/disk")
    assert disk.find("driver").get("type") == "qcow2"
    assert disk.find("backingStore/format").get("type") == "raw"
    assert disk.find("backingStore/backingStore") is not None


def test_threat_c18_serial_number_is_the_servers_own() -> None:
    server = a_server()
    root = parsed(server)
    assert root.find("os/smbios").get("mode") == "sysinfo"
    assert root.findtext("sysinfo/system/entry[@name='serial']") == str(server.id)


def test_q35_has_its_root_first_and_room_to_plug() -> None:
    models = [each.get("model") for each in parsed(a_server()).iterfind("devices/controller[@type='pci']")]
    assert models[0] == "pcie-root"
    assert models[1:] == ["pcie-root-port"] * 20


@given(name=st.text(), hostname=st.text(), properties=st.dictionaries(st.text(), st.text(), max_size=3))
def test_threat_c10_tenant_text_does_not_reach_the_xml(name, hostname, properties) -> None:
    plain = a_server()
    loud = a_server(
        id=plain.id,
        image=plain.image,
        interfaces=plain.interfaces,
        name=name,
        hostname=hostname,
        guest=GuestData(properties=properties),
    )
    assert domain_xml(loud, FILES, virt_type="qemu", generation=0) == domain_xml(
        plain, FILES, virt_type="qemu", generation=0
    )
