"""Trunks typed by the `openstack` client; bindings and names asked for by openstacksdk."""

import asyncio
from typing import Any

import pytest
from openstack.connection import Connection
from openstack.exceptions import BadRequestException, ConflictException

from deploy.lab.daemons.waiting import until
from tests.daemons.network import NetworkServer
from tests.wire.network.conftest import Client

pytestmark = pytest.mark.real


async def test_trunk_is_made_and_changed_by_the_client(client: Client, sdk: Connection) -> None:
    def make_ports() -> list[Any]:
        networks = [sdk.network.create_network(name=name) for name in ("carrier", "red", "blue")]
        return [sdk.network.create_port(network_id=network.id, name=network.name) for network in networks]

    parent, red, blue = await asyncio.to_thread(make_ports)
    trunk = await client(
        *("network", "trunk", "create", "--parent-port", "carrier"),
        *("--subport", "port=red,segmentation-type=vlan,segmentation-id=101", "bundle"),
    )
    assert (trunk["port_id"], trunk["is_admin_state_up"]) == (parent.id, True)
    assert trunk["sub_ports"] == [{"port_id": red.id, "segmentation_type": "vlan", "segmentation_id": 101}]
    wanted = [{"port_id": blue.id, "segmentation_type": "vlan", "segmentation_id": 102}]
    await asyncio.to_thread(sdk.network.add_trunk_subports, trunk["id"], wanted)
    await client("network", "trunk", "unset", "--subport", "red", "bundle", silent=True)
    subports = await client("network", "subport", "list", "--trunk", "bundle")
    assert [(subport["Port"], subport["Segmentation ID"]) for subport in subports] == [(blue.id, 102)]
    shown = await asyncio.to_thread(sdk.network.get_port, parent.id)
    assert [subport["port_id"] for subport in shown.trunk_details["sub_ports"]] == [blue.id]
    await asyncio.to_thread(sdk.network.delete_trunk, trunk["id"])


async def test_sdk_moves_a_port_and_resolves_its_name(sdk: Connection, network_server: NetworkServer) -> None:
    for number, host in enumerate(("host1", "host2"), start=1):
        await network_server.ovn.sbctl("chassis-add", host, "geneve", f"127.0.0.{number}")

    def make() -> Any:
        network = sdk.network.create_network(name="n", dns_domain="example.org.")
        sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.50.0.0/24")
        return sdk.network.create_port(
            network_id=network.id, dns_name="web", device_owner="compute:nova", binding_host_id="host1"
        )

    port = await asyncio.to_thread(make)
    assert (port.dns_name, port.dns_assignment[0]["fqdn"]) == ("web", "web.example.org.")

    async def is_prepared() -> bool:
        """Once OVN has told of the chassis."""
        try:
            made = await asyncio.to_thread(sdk.network.create_port_binding, port, host="host2")
        except BadRequestException:
            return False
        return (made.status, made.vif_type) == ("INACTIVE", "ovs")

    await until(is_prepared, 10)

    def move() -> None:
        assert sdk.network.activate_port_binding(port, host="host2").status == "ACTIVE"
        assert sdk.network.get_port(port.id).binding_host_id == "host2"
        with pytest.raises(ConflictException, match="already active"):
            sdk.network.activate_port_binding(port, host="host2")
        sdk.network.delete_port_binding(port, host="host1")
        assert [binding.host for binding in sdk.network.port_bindings(port)] == ["host2"]

    await asyncio.to_thread(move)
