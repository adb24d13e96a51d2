"""Networks, subnets and ports typed by the `openstack` client, and asked for by openstacksdk."""

import asyncio

import pytest
from openstack.connection import Connection
from openstack.exceptions import (
    BadRequestException,
    ConflictException,
    NotFoundException,
)

from southbound import names
from tests.daemons.network import NetworkServer
from tests.wire.network.conftest import Client

pytestmark = pytest.mark.real


async def test_commands_of_the_course(client: Client, network_server: NetworkServer) -> None:
    internet = await client(
        *("network", "create", "--external", "--provider-network-type", "flat"),
        *("--provider-physical-network", "physical1", "internet"),
    )
    assert internet["router:external"] is True
    assert internet["provider:physical_network"] == "physical1"
    outside = await client(
        *("subnet", "create", "--network", "internet", "--subnet-range", "150.25.12.0/24"),
        *("--gateway", "150.25.12.254", "--no-dhcp", "internet-s1"),
    )
    assert outside["enable_dhcp"] is False
    network = await client("network", "create", "mynetwork")
    await client("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.50.0.1/16", "mysubnet1")
    await client("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.51.0.1/16", "mysubnet2")
    assert (await client("subnet", "show", "mysubnet1"))["cidr"] == "10.50.0.0/16"
    port = await client("port", "create", "--network", "mynetwork", "--fixed-ip", "subnet=mysubnet1", "myport")
    assert len(port["security_group_ids"]) == 1
    assert port["fixed_ips"][0]["ip_address"].startswith("10.50.")
    await network_server.ovn.wait_rows("NB", "Logical_Switch", 1, name=names.switch_name(network["id"]))
    await network_server.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])


async def test_every_kind_of_change_and_removal(client: Client, network_server: NetworkServer) -> None:
    await client("network", "create", "--mtu", "1400", "--description", "d", "--tag", "t1", "n")
    await client("network", "set", "--name", "n2", "--description", "e", "--disable", "--tag", "t2", "n", silent=True)
    shown = await client("network", "show", "n2")
    assert (shown["mtu"], shown["admin_state_up"], sorted(shown["tags"])) == (1400, False, ["t1", "t2"])
    await client("network", "unset", "--tag", "t1", "n2", silent=True)
    assert [found["Name"] for found in await client("network", "list", "--tags", "t2")] == ["n2"]
    await client(
        "subnet", "create", "--network", "n2", "--subnet-range", "10.9.0.0/24", "--dns-nameserver", "9.9.9.9", "s"
    )
    await client(
        "subnet", "set", "--host-route", "destination=10.1.0.0/16,gateway=10.9.0.7", "--name", "s2", "s", silent=True
    )
    shown = await client("subnet", "show", "s2")
    assert shown["host_routes"] == [{"destination": "10.1.0.0/16", "nexthop": "10.9.0.7"}]
    await client("subnet", "unset", "--dns-nameserver", "9.9.9.9", "s2", silent=True)
    await client("port", "create", "--network", "n2", "--fixed-ip", "subnet=s2,ip-address=10.9.0.50", "--disable", "p")
    await client("port", "set", "--enable", "--allowed-address", "ip-address=10.9.0.99", "p", silent=True)
    await client("port", "set", "--no-security-group", "--description", "plain", "p", silent=True)
    shown = await client("port", "show", "p")
    assert shown["fixed_ips"][0]["ip_address"] == "10.9.0.50"
    assert shown["allowed_address_pairs"][0]["ip_address"] == "10.9.0.99"
    assert shown["security_group_ids"] == []
    assert shown["admin_state_up"] is True
    await client(
        "port",
        "unset",
        "--allowed-address",
        "ip-address=10.9.0.99,mac-address=" + shown["mac_address"],
        "p",
        silent=True,
    )
    assert len(await client("port", "list", "--network", "n2")) == 2
    assert len(await client("port", "list", "--fixed-ip", "ip-address=10.9.0.50")) == 1
    refused = await client("network", "delete", "n2", must=False)
    assert refused.code != 0
    for noun, name in (("port", "p"), ("subnet", "s2"), ("network", "n2")):
        await client(noun, "delete", name, silent=True)
    assert await network_server.ovn.northbound.rows("Logical_Switch_Port") == []
    assert await network_server.ovn.northbound.rows("DHCP_Options") == []


async def test_extensions_are_listed_and_quotas_set(client: Client) -> None:
    aliases = {row["Alias"] for row in await client("extension", "list", "--network")}
    assert {"provider", "external-net", "security-group", "router", "port-security"} <= aliases
    await client("quota", "set", "--networks", "7", "admin", silent=True)
    shown = await client("quota", "show", "--network", "admin")
    assert {row["Resource"]: row["Limit"] for row in shown}["networks"] == 7


async def test_sdk_creates_finds_changes_and_removes(sdk: Connection) -> None:
    def use() -> None:
        network = sdk.network.create_network(name="n")
        subnet = sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.7.0.0/24", name="s")
        port = sdk.network.create_port(network_id=network.id, name="p")
        assert sdk.network.find_network("n").id == network.id
        assert sdk.network.find_network(network.id).subnet_ids == [subnet.id]
        assert port.fixed_ips[0]["subnet_id"] == subnet.id
        assert [found.id for found in sdk.network.ports(network_id=network.id, name="p")] == [port.id]
        assert len(list(sdk.network.ports(network_id=network.id, limit=1))) == 2
        port = sdk.network.update_port(port, name="q", binding_host_id="host1")
        assert (port.name, port.binding_vif_type) == ("q", "ovs")
        with pytest.raises(ConflictException):
            sdk.network.delete_subnet(subnet)
        with pytest.raises(BadRequestException, match="cidr"):
            sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.7.0.0/24")
        with pytest.raises(NotFoundException):
            sdk.network.get_port("00000000-0000-4000-8000-000000000000")
        sdk.network.delete_port(port, ignore_missing=False)
        sdk.network.delete_network(network, ignore_missing=False)
        assert sdk.network.find_subnet("s") is None

    await asyncio.to_thread(use)
