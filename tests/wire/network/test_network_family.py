"""Segments, subnet pools, address scopes, topologies, zones and agents, by the `openstack` client and openstacksdk."""

import asyncio

import pytest
from openstack.connection import Connection

from tests.daemons.network import NetworkServer
from tests.wire.network.conftest import Client

pytestmark = pytest.mark.real


async def test_client_segments_networks(client: Client, network_server: NetworkServer) -> None:
    provider = ("--provider-network-type", "vlan", "--provider-physical-network", "one", "--provider-segment", "5")
    network = await client("network", "create", *provider, "--dns-domain", "example.org.", "fabric")
    assert (network["dns_domain"], network["provider:segmentation_id"]) == ("example.org.", 5)
    place = ("--network-type", "vlan", "--physical-network", "two", "--segment", "7")
    segment = await client("network", "segment", "create", "--network", "fabric", *place, "rack2")
    ports = await network_server.ovn.wait_rows("NB", "Logical_Switch_Port", 2, type="localnet")
    assert {row["tag"] for row in ports} == {5, 7}
    subnet = await client(
        *("subnet", "create", "--network", "fabric", "--subnet-range", "10.9.0.0/24", "--network-segment", "rack2", "s")
    )
    assert subnet["segment_id"] == segment["id"]


async def test_client_cuts_subnets_from_pools(client: Client) -> None:
    pool = await client(
        *("subnet", "pool", "create", "--pool-prefix", "10.0.0.0/16", "--default-prefix-length", "26"),
        *("--default", "--share", "pool"),
    )
    assert (pool["default_prefixlen"], pool["is_default"]) == (26, True)
    await client("network", "create", "n")
    subnet = await client("subnet", "create", "--network", "n", "--use-default-subnet-pool", "s1")
    assert (subnet["cidr"], subnet["subnetpool_id"]) == ("10.0.0.0/26", pool["id"])
    await client("subnet", "pool", "set", "--pool-prefix", "10.1.0.0/16", "--tag", "t", "pool", silent=True)
    shown = await client("subnet", "pool", "show", "pool")
    assert (shown["prefixes"], shown["tags"]) == (["10.0.0.0/15"], ["t"])


async def test_sdk_finds_what_is_there_and_has_a_topology_made(sdk: Connection, network_server: NetworkServer) -> None:
    ovn = network_server.ovn
    await ovn.sbctl("chassis-add", "h1", "geneve", "127.0.0.1")
    await ovn.sbctl("set", "Chassis", "h1", "hostname=host1", 'other_config:ovn-cms-options="availability-zones=az1"')

    def work() -> None:
        network = sdk.network
        outside = network.create_network(name="outside", is_router_external=True, is_default=True)
        network.create_subnet(network_id=outside.id, ip_version=4, cidr="150.25.0.0/24")
        pool = network.create_subnet_pool(
            name="p", prefixes=["10.0.0.0/16"], default_prefix_length=26, is_default=True, is_shared=True
        )
        assert network.validate_auto_allocated_topology().id == "dry-run=pass"
        topology = network.get_auto_allocated_topology()
        inside = network.get_network(topology.id)
        assert (inside.name, inside.is_admin_state_up) == ("auto_allocated_network", True)
        (subnet,) = network.subnets(network_id=inside.id)
        assert subnet.subnet_pool_id == pool.id
        counted = network.get_network_ip_availability(inside.id)
        assert (counted.total_ips, counted.used_ips) == (61, 2)
        assert next(network.segments(network_id=inside.id)).network_type == "geneve"
        network.delete_auto_allocated_topology()
        assert network.find_network("auto_allocated_network") is None

    await asyncio.to_thread(work)

    def agents() -> list[str]:
        return [agent.host for agent in sdk.network.agents()]

    async with asyncio.timeout(10):
        while await asyncio.to_thread(agents) != ["host1"]:
            await asyncio.sleep(0.1)
    (zone,) = await asyncio.to_thread(lambda: list(sdk.network.availability_zones()))
    assert (zone.name, zone.resource, zone.state) == ("az1", "network", "available")
