"""Groups, rules, routers and floating IPs typed by the `openstack` client, and asked for by openstacksdk."""

import asyncio

import pytest
from openstack.connection import Connection
from openstack.exceptions import ConflictException

from tests.daemons.network import NetworkServer
from tests.wire.network.conftest import Client

pytestmark = pytest.mark.real


async def lay_out(client: Client) -> None:
    """The course's networks and router."""
    await client(
        *("network", "create", "--external", "--provider-network-type", "flat"),
        *("--provider-physical-network", "physical1", "internet"),
    )
    await client(
        *("subnet", "create", "--network", "internet", "--subnet-range", "150.25.12.0/24"),
        *("--gateway", "150.25.12.254", "--no-dhcp", "internet-s1"),
    )
    await client("network", "create", "mynetwork")
    await client("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.50.0.1/16", "mysubnet1")
    await client("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.51.0.1/16", "mysubnet2")
    await client("router", "create", "myrouter")
    await client("router", "add", "subnet", "myrouter", "mysubnet1", silent=True)
    await client("router", "add", "subnet", "myrouter", "mysubnet2", silent=True)
    await client("router", "set", "myrouter", "--external-gateway", "internet", silent=True)
    await client("port", "create", "--network", "mynetwork", "--fixed-ip", "subnet=mysubnet1", "myport")


async def test_commands_of_the_course(client: Client, network_server: NetworkServer) -> None:
    await lay_out(client)
    shown = await client("router", "show", "myrouter")
    assert shown["status"] == "ACTIVE"
    assert {interface["ip_address"] for interface in shown["interfaces_info"]} == {"10.50.0.1", "10.51.0.1"}
    assert len(shown["external_gateway_info"]["external_fixed_ips"]) == 1
    await client("floating", "ip", "create", "internet", "--tag", "myip")
    (listed,) = await client("floating", "ip", "list", "--tags", "myip")
    address = listed["Floating IP Address"]
    await client("floating", "ip", "set", "--port", "myport", address, silent=True)
    shown = await client("floating", "ip", "show", address)
    assert (shown["status"], shown["tags"]) == ("ACTIVE", ["myip"])
    (group_id,) = (await client("port", "show", "myport"))["security_group_ids"]
    assert (await client("security", "group", "show", group_id))["name"] == "default"
    rule = await client(
        "security", "group", "rule", "create", "--ingress", "--protocol", "tcp", "--dst-port", "22", group_id
    )
    assert (rule["port_range_min"], rule["remote_ip_prefix"]) == (22, "0.0.0.0/0")
    await client("security", "group", "rule", "create", "--ingress", "--protocol", "icmp", group_id)
    assert len(await client("security", "group", "rule", "list", group_id)) == 6
    again = await client(
        *("security", "group", "rule", "create", "--ingress", "--protocol", "icmp", group_id), must=False
    )
    assert again.code != 0 and "already exists" in again.err
    shown = await network_server.ovn.nbctl("show")
    assert "(aka myrouter)" in shown
    assert 'type: "dnat_and_snat"' in shown


async def test_everything_can_be_taken_down_again(client: Client, network_server: NetworkServer) -> None:
    await lay_out(client)
    floating_ip = await client("floating", "ip", "create", "--port", "myport", "--description", "mine", "internet")
    address = floating_ip["floating_ip_address"]
    listed = await client("floating", "ip", "list", "--port", "myport")
    assert [row["Floating IP Address"] for row in listed] == [address]
    refused = await client("router", "unset", "--external-gateway", "myrouter", must=False, silent=True)
    assert refused.code != 0 and "required by one or more floating IPs" in refused.err
    await client("floating", "ip", "unset", "--port", address, silent=True)
    await client("floating", "ip", "delete", address, silent=True)
    await client("router", "add", "route", "myrouter", "--route", "destination=192.0.2.0/24,gateway=10.50.0.9")
    assert (await client("router", "show", "myrouter"))["routes"] == [
        {"destination": "192.0.2.0/24", "nexthop": "10.50.0.9"}
    ]
    await client("router", "remove", "route", "myrouter", "--route", "destination=192.0.2.0/24,gateway=10.50.0.9")
    await client("router", "unset", "--external-gateway", "myrouter", silent=True)
    refused = await client("router", "delete", "myrouter", must=False, silent=True)
    assert refused.code != 0 and "still has ports" in refused.err
    await client("router", "remove", "subnet", "myrouter", "mysubnet1", silent=True)
    await client("router", "remove", "subnet", "myrouter", "mysubnet2", silent=True)
    await client("router", "delete", "myrouter", silent=True)
    for table in ("Logical_Router", "Logical_Router_Port", "NAT", "Logical_Router_Static_Route"):
        assert await network_server.ovn.northbound.rows(table) == []


async def test_groups_and_rules_of_every_kind(client: Client) -> None:
    await client("security", "group", "create", "web", "--description", "servers", "--tag", "blue")
    await client("security", "group", "create", "plain", "--stateless")
    shown = await client("security", "group", "show", "plain")
    assert shown["stateful"] is False
    await client("security", "group", "set", "--name", "web2", "--description", "other", "web", silent=True)
    assert [row["Name"] for row in await client("security", "group", "list", "--tags", "blue")] == ["web2"]
    words = ("security", "group", "rule", "create")
    await client(*words, "--protocol", "udp", "--dst-port", "1000:2000", "--remote-ip", "10.1.2.3/8", "web2")
    await client(*words, "--protocol", "icmp", "--icmp-type", "8", "--icmp-code", "0", "web2")
    await client(*words, "--ethertype", "IPv6", "--protocol", "ipv6-icmp", "web2")
    await client(*words, "--egress", "--protocol", "tcp", "--remote-group", "plain", "--description", "d", "web2")
    await client(*words, "--protocol", "any", "web2")
    await client(*words, "--protocol", "112", "web2")
    rules = await client("security", "group", "rule", "list", "web2", "--long")
    assert {rule["IP Range"] for rule in rules if rule["IP Protocol"] == "udp"} == {"10.1.2.3/8"}
    assert len(rules) == 2 + 6
    shown = await client("security", "group", "rule", "show", rules[0]["ID"])
    assert shown["id"] == rules[0]["ID"]
    await client("security", "group", "rule", "delete", *(rule["ID"] for rule in rules), silent=True)
    await client("security", "group", "unset", "--tag", "blue", "web2", silent=True)
    await client("security", "group", "delete", "web2", "plain", silent=True)
    assert [row["Name"] for row in await client("security", "group", "list")] == ["default"]


async def test_sdk_uses_routers_and_floating_ips(sdk: Connection) -> None:
    def use() -> None:
        outside = sdk.network.create_network(
            name="outside",
            is_router_external=True,
            provider_network_type="flat",
            provider_physical_network="physical1",
        )
        sdk.network.create_subnet(network_id=outside.id, ip_version=4, cidr="150.25.12.0/24", is_dhcp_enabled=False)
        inside = sdk.network.create_network(name="inside")
        subnet = sdk.network.create_subnet(network_id=inside.id, ip_version=4, cidr="10.7.0.0/24")
        router = sdk.network.create_router(name="r", external_gateway_info={"network_id": outside.id})
        sdk.network.add_interface_to_router(router, subnet_id=subnet.id)
        port = sdk.network.create_port(network_id=inside.id)
        floating_ip = sdk.network.create_ip(floating_network_id=outside.id, port_id=port.id)
        assert (floating_ip.status, floating_ip.router_id) == ("ACTIVE", router.id)
        assert sdk.network.find_ip(floating_ip.floating_ip_address).id == floating_ip.id
        with pytest.raises(ConflictException):
            sdk.network.delete_router(router)
        sdk.network.delete_port(port)
        assert sdk.network.get_ip(floating_ip.id).status == "DOWN"
        group = sdk.network.create_security_group(name="g")
        rule = sdk.network.create_security_group_rule(
            security_group_id=group.id, direction="ingress", protocol="tcp", port_range_min=80, port_range_max=80
        )
        assert [found.id for found in sdk.network.security_group_rules(security_group_id=group.id, protocol="tcp")] == [
            rule.id
        ]

    await asyncio.to_thread(use)
