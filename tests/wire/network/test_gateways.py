"""Several gateways, port forwardings and pools, typed by the `openstack` client and asked for by openstacksdk."""

import asyncio

import pytest
from openstack.connection import Connection
from openstack.exceptions import BadRequestException, NotFoundException

from tests.daemons.network import NetworkServer
from tests.wire.network.conftest import Client

pytestmark = pytest.mark.real


async def test_client_gives_a_router_gateways_and_forwards_ports(client: Client, network_server: NetworkServer) -> None:
    await client(
        *("network", "create", "--external", "--provider-network-type", "flat"),
        *("--provider-physical-network", "physical1", "internet"),
    )
    await client("subnet", "create", "--network", "internet", "--subnet-range", "150.25.12.0/24", "--no-dhcp", "outer")
    await client("network", "create", "mynetwork")
    await client("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.50.0.0/16", "mysubnet")
    router = await client("router", "create", "--external-gateway", "internet", "--enable-default-route-ecmp", "r")
    assert router["enable_default_route_ecmp"] is True
    fixed = "subnet=outer,ip-address=150.25.12.50"
    both = await client("router", "add", "gateway", "r", "internet", "--fixed-ip", fixed)
    assert len(both["external_gateways"]) == 2
    await network_server.ovn.wait_rows("NB", "Logical_Router_Static_Route", 2, ip_prefix="0.0.0.0/0")
    one = await client("router", "remove", "gateway", "r", "internet", "--fixed-ip", fixed)
    assert len(one["external_gateways"]) == 1
    await client("router", "add", "subnet", "r", "mysubnet", silent=True)
    port = await client("port", "create", "--network", "mynetwork", "p")
    address = (await client("floating", "ip", "create", "internet"))["floating_ip_address"]
    words = ("floating", "ip", "port", "forwarding")
    made = await client(
        *(*words, "create", "--internal-ip-address", port["fixed_ips"][0]["ip_address"], "--port", "p"),
        *("--internal-protocol-port", "22:23", "--external-protocol-port", "2222:2223", "--protocol", "tcp", address),
    )
    assert (made["external_port_range"], made["internal_port_range"]) == ("2222:2223", "22:23")
    await client(*words, "set", "--external-protocol-port", "3000:3001", address, made["id"], silent=True)
    (listed,) = await client(*words, "list", address)
    assert listed["External Port Range"] == "3000:3001"
    await client(*words, "delete", address, made["id"], silent=True)
    assert await client(*words, "list", address) == []


async def test_sdk_forwards_ports_and_lists_pools(sdk: Connection) -> None:
    def use() -> None:
        flat = {"provider_network_type": "flat", "provider_physical_network": "physical1"}
        outside = sdk.network.create_network(name="outside", is_router_external=True, **flat)
        outer = sdk.network.create_subnet(network_id=outside.id, ip_version=4, cidr="150.25.12.0/24")
        assert [pool["subnet_id"] for pool in sdk.network.get("/floatingip_pools").json()["floatingip_pools"]] == [
            outer.id
        ]
        inside = sdk.network.create_network(name="inside")
        subnet = sdk.network.create_subnet(network_id=inside.id, ip_version=4, cidr="10.7.0.0/24")
        router = sdk.network.create_router(name="r", external_gateway_info={"network_id": outside.id})
        sdk.network.add_interface_to_router(router, subnet_id=subnet.id)
        port = sdk.network.create_port(network_id=inside.id)
        floating_ip = sdk.network.create_ip(floating_network_id=outside.id)
        leads = {
            "internal_port_id": port.id,
            "internal_ip_address": port.fixed_ips[0]["ip_address"],
            "internal_port": 80,
            "protocol": "tcp",
        }
        made = sdk.network.create_floating_ip_port_forwarding(floating_ip, external_port=8080, **leads)
        assert sdk.network.get_ip(floating_ip.id).status == "ACTIVE"
        changed = sdk.network.update_port_forwarding(made.id, floating_ip, internal_port=81)
        assert changed.internal_port == 81
        with pytest.raises(BadRequestException):
            sdk.network.create_floating_ip_port_forwarding(floating_ip, external_port=8080, **leads)
        (found,) = sdk.network.floating_ip_port_forwardings(floating_ip, protocol="tcp")
        assert found.id == made.id
        sdk.network.delete_floating_ip_port_forwarding(floating_ip, made)
        with pytest.raises(NotFoundException):
            sdk.network.get_port_forwarding(made.id, floating_ip)

    await asyncio.to_thread(use)
