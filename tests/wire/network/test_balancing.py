"""The official clients balance load."""

import asyncio

import pytest
from openstack.connection import Connection
from openstack.exceptions import ConflictException, HttpException

from tests.wire.network.conftest import Client

pytestmark = pytest.mark.real
POOL = ("--protocol", "TCP", "--lb-algorithm", "SOURCE_IP_PORT")


async def test_client_makes_a_load_balancer_step_by_step(client: Client) -> None:
    await client("network", "create", "mynetwork")
    await client("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.50.0.0/24", "mysubnet")
    made = await client("loadbalancer", "create", "--name", "lb", "--vip-subnet-id", "mysubnet", "--wait")
    assert (made["provisioning_status"], made["provider"]) == ("ACTIVE", "ovn")
    await client(
        "loadbalancer", "listener", "create", "--name", "http", "--protocol", "TCP", "--protocol-port", "80", "lb"
    )
    await client("loadbalancer", "pool", "create", "--name", "web", "--listener", "http", *POOL)
    member = ("--address", "10.50.0.77", "--protocol-port", "8080")
    await client("loadbalancer", "member", "create", "--name", "one", "--subnet-id", "mysubnet", *member, "web")
    check = ("--type", "TCP", "--delay", "5", "--timeout", "3", "--max-retries", "2")
    await client("loadbalancer", "healthmonitor", "create", "--name", "check", *check, "web")
    shown = await client("loadbalancer", "show", "lb")
    assert (shown["vip_address"], shown["operating_status"]) == (made["vip_address"], "ONLINE")
    tree = (await client("loadbalancer", "status", "show", "lb", silent=True))["loadbalancer"]
    assert tree["listeners"][0]["pools"][0]["health_monitor"]["name"] == "check"
    assert [row["address"] for row in await client("loadbalancer", "member", "list", "web")] == ["10.50.0.77"]
    await client("loadbalancer", "set", "--name", "other", "lb", silent=True)
    refused = await client("loadbalancer", "delete", "other", must=False, silent=True)
    assert refused.code != 0
    assert "children" in refused.err + refused.out
    await client("loadbalancer", "delete", "--cascade", "other", silent=True)
    assert await client("loadbalancer", "list") == []


async def test_client_hears_what_there_is_and_why_not(client: Client) -> None:
    assert [row["name"] for row in await client("loadbalancer", "provider", "list")] == ["ovn"]
    assert await client("loadbalancer", "flavor", "list") == []
    quota = await client("loadbalancer", "quota", "show", "admin")
    assert quota["load_balancer"] == 20
    await client("network", "create", "mynetwork")
    await client("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.50.0.0/24", "mysubnet")
    await client("loadbalancer", "create", "--name", "lb", "--vip-subnet-id", "mysubnet")
    wish = ("--protocol", "HTTP", "--protocol-port", "80", "lb")
    refused = await client("loadbalancer", "listener", "create", *wish, must=False, silent=True)
    assert "does not support a requested option" in refused.err + refused.out


async def test_sdk_makes_a_tree_and_changes_it(sdk: Connection) -> None:
    def use() -> None:
        network = sdk.network.create_network(name="inside")
        subnet = sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.7.0.0/24")
        api = sdk.load_balancer
        balancer = api.create_load_balancer(name="lb", vip_subnet_id=subnet.id, tags=["blue"])
        api.wait_for_load_balancer(balancer.id, interval=1, wait=10)
        pool = api.create_pool(name="web", protocol="UDP", lb_algorithm="SOURCE_IP_PORT", loadbalancer_id=balancer.id)
        listener = api.create_listener(
            name="dns", protocol="UDP", protocol_port=53, loadbalancer_id=balancer.id, default_pool_id=pool.id
        )
        member = api.create_member(pool, address="10.7.0.9", protocol_port=53, name="one")
        monitor = api.create_health_monitor(
            pool_id=pool.id, type="UDP-CONNECT", delay=5, timeout=3, max_retries=2, name="check"
        )
        assert api.find_listener("dns").default_pool_id == pool.id
        assert [one.id for one in api.members(pool)] == [member.id]
        assert api.get_pool(pool.id).health_monitor_id == monitor.id
        assert [one.name for one in api.load_balancers(tags="blue")] == ["lb"]
        assert not list(api.load_balancers(vip_address="10.7.0.254"))
        assert api.update_member(member, pool, weight=0).weight == 0
        with pytest.raises(ConflictException):
            api.create_listener(protocol="UDP", protocol_port=53, loadbalancer_id=balancer.id)
        with pytest.raises(HttpException, match="statistics"):
            api.get_listener_statistics(listener.id)
        api.delete_load_balancer(balancer, cascade=True)
        assert api.find_load_balancer("lb") is None

    await asyncio.to_thread(use)
