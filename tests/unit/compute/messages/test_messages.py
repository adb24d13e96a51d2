"""The wire form of the messages between control and an agent."""

import contextlib
from uuid import uuid4

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compute import messages


def a_desired_server(**changes) -> messages.DesiredServer:
    network_id = uuid4()
    defaults = {
        "id": uuid4(),
        "generation": 3,
        "project_id": "p",
        "user_id": "u",
        "name": "web é",
        "hostname": "web",
        "power": "running",
        "boot_serial": 0,
        "boot_kind": "soft",
        "flavor": messages.Flavor(vcpus=1, ram_mb=128, disk_gb=1),
        "image": messages.Image(id=uuid4(), disk_format="qcow2", size_bytes=7, sha512="ab" * 64),
        "interfaces": (
            messages.Interface(
                port_id=uuid4(),
                network_id=network_id,
                mac="fa:16:3e:00:00:01",
                mtu=1442,
                addresses=(
                    messages.Address(subnet_id=uuid4(), ip="10.50.0.7", cidr="10.50.0.0/16", gateway="10.50.0.1"),
                ),
            ),
        ),
        "metadata_ports": (
            messages.MetadataPort(
                network_id=network_id,
                port_id=uuid4(),
                mac="fa:16:3e:00:00:02",
                mtu=1442,
                ips=("10.50.0.2/16",),
            ),
        ),
        "guest": messages.GuestData(keypairs=(messages.Keypair(name="k", public_key="ssh-ed25519 AAAA"),)),
    }
    return messages.DesiredServer(**(defaults | changes))


def test_desired_server_survives_the_wire():
    server = a_desired_server()
    assert messages.decode_for_agent(messages.encode(server)) == server


def test_report_survives_the_wire():
    report = messages.HostReport(
        host="h1",
        resources=messages.HostResources(vcpus=2, ram_mb=4096, disk_gb=20),
        hypervisor=messages.Hypervisor(type="QEMU", version=7002000, hostname="h1", architecture="x86_64"),
        servers=(messages.ServerReport(host="h1", server_id=uuid4(), generation=1, state="running"),),
    )
    assert messages.decode_for_control(messages.encode(report)) == report


def test_message_for_the_other_direction_is_refused():
    with pytest.raises(msgspec.ValidationError):
        messages.decode_for_control(messages.encode(a_desired_server()))


def test_field_of_a_newer_sender_is_ignored():
    body = msgspec.json.decode(messages.encode(messages.AbsentServer(id=uuid4(), generation=2)))
    assert messages.decode_for_agent(msgspec.json.encode(body | {"novelty": 1})).generation == 2


@given(st.binary(max_size=300))
@example(b'{"type":"server_report","host":"\xff"}')
def test_any_bytes_are_a_message_or_a_decode_error(body: bytes):
    with contextlib.suppress(msgspec.DecodeError):
        messages.decode_for_control(body)


def test_unknown_state_is_refused():
    report = messages.ServerReport(host="h1", server_id=uuid4(), generation=1, state="running")
    body = msgspec.json.decode(messages.encode(report))
    with pytest.raises(msgspec.ValidationError):
        messages.decode_for_control(msgspec.json.encode(body | {"state": "dancing"}))


@pytest.mark.parametrize(
    "change",
    [
        {"generation": -1},
        {"generation": 2**63},
        {"boot_serial": 2**31},
        {"host": "h\u0000"},
        {"host": "h" * 256},
        {"generation": 1.5},
        {"server_id": "not-a-uuid"},
    ],
)
def test_report_that_no_row_could_hold_is_refused(change: dict):
    report = messages.ServerReport(host="h1", server_id=uuid4(), generation=1, state="running")
    body = msgspec.json.decode(messages.encode(report))
    with pytest.raises(msgspec.ValidationError):
        messages.decode_for_control(msgspec.json.encode(body | change))
