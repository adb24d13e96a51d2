"""From a server's rows to the message for its agent."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from compute.messages import decode_for_agent, encode
from compute.servers.desired import assemble
from compute.servers.server import FlavorCopy, ImageCopy, Server
from northbound.ports.wiring import MetadataWiring, WiredAddress, Wiring

SERVER, IMAGE, NET, OTHER_NET, SUBNET = (f"{digit}0000000-0000-4000-8000-000000000000" for digit in "12345")
PORTS = [f"a000000{digit}-0000-4000-8000-000000000000" for digit in "123"]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def a_server(**said: object) -> Server:
    absent = dict.fromkeys(Server.__struct_fields__)
    values = {
        "id": SERVER,
        "project_id": "red",
        "user_id": "alice",
        "name": "Web",
        "hostname": "web",
        "vm_state": "building",
        "power_state": "unknown",
        "generation": 3,
        "desired_power": "running",
        "boot_serial": 2,
        "boot_kind": "soft",
        "host": "host-1",
        "flavor": FlavorCopy("1", "nano", 1, 128, 1),
        "image": ImageCopy(IMAGE, "qcow2", 1000, "0" * 128),
        "config_drive": False,
        "metadata": {"role": "web"},
        "tags": [],
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Server(**(absent | values | said))


def a_wiring(port_id: str, network_id: str = NET) -> Wiring:
    address = WiredAddress(SUBNET, "10.50.0.7", "10.50.0.0/16", "10.50.0.1", ["9.9.9.9"])
    return Wiring(port_id, network_id, "fa:16:3e:00:00:01", 1442, True, "DOWN", [address])


def a_metadata_port(network_id: str) -> MetadataWiring:
    return MetadataWiring(network_id, PORTS[2], "fa:16:3e:00:00:09", 1442, ["10.50.0.2/16"])


def test_cards_keep_their_order_and_their_addresses() -> None:
    desired = assemble(
        a_server(),
        zone="nova",
        wirings=[a_wiring(PORTS[1], OTHER_NET), a_wiring(PORTS[0])],
        metadata={},
        group_names=["default"],
    )
    assert [str(interface.port_id) for interface in desired.interfaces] == [PORTS[1], PORTS[0]]
    (address,) = desired.interfaces[0].addresses
    assert (address.ip, address.cidr, address.gateway, address.dns_servers) == (
        "10.50.0.7",
        "10.50.0.0/16",
        "10.50.0.1",
        ("9.9.9.9",),
    )


def test_network_with_two_cards_has_one_metadata_port_and_others_none() -> None:
    wirings = [a_wiring(PORTS[0]), a_wiring(PORTS[1]), a_wiring(PORTS[2], OTHER_NET)]
    desired = assemble(a_server(), zone="nova", wirings=wirings, metadata={NET: a_metadata_port(NET)}, group_names=[])
    assert [port.network_id for port in desired.metadata_ports] == [UUID(NET)]


def test_key_reaches_the_guest_only_when_there_is_one() -> None:
    without = assemble(a_server(), zone="nova", wirings=[], metadata={}, group_names=[])
    assert without.guest.keypairs == ()
    server = a_server(key_name="mykey", public_key="ssh-ed25519 AAAA")
    (keypair,) = assemble(server, zone="nova", wirings=[], metadata={}, group_names=[]).guest.keypairs
    assert (keypair.name, keypair.public_key) == ("mykey", "ssh-ed25519 AAAA")


def test_message_survives_the_bus() -> None:
    desired = assemble(
        a_server(user_data="aGk="),
        zone="north",
        wirings=[a_wiring(PORTS[0])],
        metadata={NET: a_metadata_port(NET)},
        group_names=["default"],
        request_id="req-1",
    )
    assert decode_for_agent(encode(desired)) == desired
    assert (desired.generation, desired.boot_serial, desired.boot_kind, desired.power) == (3, 2, "soft", "running")
    assert msgspec.to_builtins(desired)["guest"]["availability_zone"] == "north"
