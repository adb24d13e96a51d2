"""Load balancers from the HTTP request to the rows of OVN."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from northbound.balancing.load_balancers import store as load_balancers
from northbound.balancing.load_balancers.balancer import LoadBalancer, Vip
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.balancing.api import Balancing, Ground, a_tree, attach
from tests.real.northbound.networking import until_somebody_waits

pytestmark = pytest.mark.real


async def rows_of(api: NetworkApi, load_balancer_id: str) -> list[dict[str, Any]]:
    found = await api.ovn.northbound.rows("Load_Balancer")
    return sorted((row for row in found if row["name"] == load_balancer_id), key=lambda row: row["protocol"])


async def balanced_by(api: NetworkApi, table: str) -> dict[str, int]:
    """How many load balancers each switch or router has, by name."""

    def count(references: list[Any]) -> int:
        return len(references[1]) if references[0] == "set" else 1

    return {row["name"]: count(row["load_balancer"]) for row in await api.ovn.northbound.rows(table)}


def pairs(column: list[Any]) -> dict[str, str]:
    return dict(column[1])


async def test_whole_tree_is_made_at_once_and_taken_away_at_once(
    api: NetworkApi, balancing: Balancing, ground: Ground
) -> None:
    made = await balancing.make("loadbalancers", **a_tree(ground.subnet["id"], "10.50.0.77", "10.50.0.78"))
    vip = made["vip_address"]
    assert (made["provisioning_status"], made["operating_status"]) == ("ACTIVE", "ONLINE")
    assert [one["address"] for one in made["pools"][0]["members"]] == ["10.50.0.77", "10.50.0.78"]
    assert made["listeners"][0]["default_pool_id"] == made["pools"][0]["id"]

    (row,) = await rows_of(api, made["id"])
    assert pairs(row["vips"]) == {f"{vip}:80": "10.50.0.77:8080,10.50.0.78:8080"}
    assert row["protocol"] == "tcp"
    said = pairs(row["external_ids"])
    assert (said["neutron:vip"], said["neutron:vip_port_id"]) == (vip, made["vip_port_id"])
    assert await balanced_by(api, "Logical_Switch") == {f"neutron-{ground.network['id']}": 1}
    assert await balanced_by(api, "Logical_Router") == {f"neutron-{ground.router['id']}": 1}
    port = await api.show("port", made["vip_port_id"])
    assert (port["name"], port["device_owner"]) == (f"ovn-lb-vip-{made['id']}", "")
    (switch_port,) = [
        row for row in await api.ovn.northbound.rows("Logical_Switch_Port") if row["name"] == made["vip_port_id"]
    ]
    assert switch_port["addresses"] == ["set", []]

    path = f"loadbalancers/{made['id']}"
    refused = await balancing.ask("DELETE", path)
    assert (refused.status, "cascade" in refused.fault) == (400, True)
    await balancing.remove(f"{path}?cascade=true")
    assert await rows_of(api, made["id"]) == []
    assert (await api.ask("GET", f"/v2.0/ports/{made['vip_port_id']}")).status == 404
    quota = await api.find("ports")
    assert all(one["name"] != port["name"] for one in quota)
    async with api.database.connection() as conn:
        used = await conn.fetch("SELECT resource, used FROM northbound.quotas WHERE project_id = 'red'")
    balancing_used = {row["resource"]: row["used"] for row in used}
    assert {balancing_used[name] for name in ("load_balancer", "listener", "pool", "member")} == {0}


async def test_each_protocol_and_persistence_has_a_row_of_its_own(
    api: NetworkApi, balancing: Balancing, ground: Ground
) -> None:
    made = await balancing.make("loadbalancers", vip_subnet_id=ground.subnet["id"])
    (row,) = await rows_of(api, made["id"])
    assert pairs(row["vips"]) == {}, "a load balancer without listeners can be seen"
    for port, protocol, persistence in ((53, "UDP", None), (80, "TCP", None), (81, "TCP", {"type": "SOURCE_IP"})):
        listener = await balancing.make("listeners", loadbalancer_id=made["id"], protocol=protocol, protocol_port=port)
        await balancing.make(
            "pools",
            listener_id=listener["id"],
            protocol=protocol,
            lb_algorithm="SOURCE_IP_PORT",
            session_persistence=persistence,
        )
    rows = await rows_of(api, made["id"])
    vip = made["vip_address"]
    always = {"reject": "true", "ct_flush": "true"}
    assert {(row["protocol"], tuple(pairs(row["vips"]))): pairs(row["options"]) for row in rows} == {
        ("tcp", (f"{vip}:80",)): always,
        ("tcp", (f"{vip}:81",)): {**always, "affinity_timeout": "360"},
        ("udp", (f"{vip}:53",)): always,
    }
    assert sorted(row["selection_fields"][1] for row in rows) == [
        ["ip_dst", "ip_src"],
        ["ip_dst", "ip_src", "tp_dst", "tp_src"],
        ["ip_dst", "ip_src", "tp_dst", "tp_src"],
    ]


async def test_what_is_disabled_or_drained_is_left_out(api: NetworkApi, balancing: Balancing, ground: Ground) -> None:
    made = await balancing.make("loadbalancers", **a_tree(ground.subnet["id"], "10.50.0.77", "10.50.0.78"))
    pool = made["pools"][0]
    vip = f"{made['vip_address']}:80"

    async def vips() -> dict[str, str]:
        (row,) = await rows_of(api, made["id"])
        return pairs(row["vips"])

    first, second = (f"pools/{pool['id']}/members/{one['id']}" for one in pool["members"])
    await balancing.change(first, admin_state_up=False)
    assert await vips() == {vip: "10.50.0.78:8080"}
    await balancing.change(second, weight=0)
    assert await vips() == {vip: ""}, "nobody serves: a client is refused at once"
    await balancing.change(first, admin_state_up=True)
    await balancing.change(f"pools/{pool['id']}", admin_state_up=False)
    assert await vips() == {vip: ""}
    await balancing.change(f"pools/{pool['id']}", admin_state_up=True)
    await balancing.change(f"listeners/{made['listeners'][0]['id']}", admin_state_up=False)
    assert await vips() == {}
    await balancing.change(f"listeners/{made['listeners'][0]['id']}", admin_state_up=True)
    assert await vips() == {vip: "10.50.0.77:8080"}
    changed = await balancing.change(f"loadbalancers/{made['id']}", admin_state_up=False)
    assert (await vips(), changed["operating_status"]) == ({}, "OFFLINE")


async def test_load_balancer_follows_its_router_and_floating_ip(
    api: NetworkApi, balancing: Balancing, ground: Ground
) -> None:
    made = await balancing.make("loadbalancers", **a_tree(ground.subnet["id"], "10.50.0.77"))
    router, network = f"neutron-{ground.router['id']}", f"neutron-{ground.network['id']}"
    other = await api.make("network", name="other")
    subnet = await api.make("subnet", network_id=other["id"], ip_version=4, cidr="10.60.0.0/24")
    await attach(api, ground, subnet)
    assert await balanced_by(api, "Logical_Switch") == {network: 1, f"neutron-{other['id']}": 1}

    provider = {"provider:network_type": "flat", "provider:physical_network": "physical1", "router:external": True}
    outside = await api.make("network", who="admin", **provider)
    await api.make("subnet", who="admin", network_id=outside["id"], ip_version=4, cidr="150.25.12.0/24")
    await api.change("router", ground.router["id"], external_gateway_info={"network_id": outside["id"]})
    floating_ip = await api.make("floatingip", floating_network_id=outside["id"], port_id=made["vip_port_id"])
    (row,) = await rows_of(api, made["id"])
    public = floating_ip["floating_ip_address"]
    assert set(pairs(row["vips"])) == {f"{made['vip_address']}:80", f"{public}:80"}
    assert pairs(row["external_ids"])["neutron:vip_fip"] == public
    assert (await balanced_by(api, "Logical_Switch"))[f"neutron-{outside['id']}"] == 0, "never the provider's network"

    await api.change("floatingip", floating_ip["id"], port_id=None)
    (row,) = await rows_of(api, made["id"])
    assert set(pairs(row["vips"])) == {f"{made['vip_address']}:80"}
    path = f"/v2.0/routers/{ground.router['id']}/remove_router_interface"
    assert (await api.ask("PUT", path, {"subnet_id": subnet["id"]})).status == 200
    assert (await balanced_by(api, "Logical_Switch"))[f"neutron-{other['id']}"] == 0
    assert (await api.ask("PUT", path, {"subnet_id": ground.subnet["id"]})).status == 200
    assert await balanced_by(api, "Logical_Router") == {router: 0}
    assert (await balanced_by(api, "Logical_Switch"))[network] == 1, "the VIP's own network still balances"


async def test_load_balancer_follows_the_gateway_of_its_subnet(api: NetworkApi, balancing: Balancing) -> None:
    network = await api.make("network", name="two ways")
    pools = [{"start": "10.50.0.100", "end": "10.50.0.200"}]
    said = {"ip_version": 4, "cidr": "10.50.0.0/24", "gateway_ip": None, "allocation_pools": pools}
    subnet = await api.make("subnet", network_id=network["id"], **said)
    addresses = {}
    for address in ("10.50.0.8", "10.50.0.9"):
        port = await api.make("port", network_id=network["id"], fixed_ips=[{"ip_address": address}])
        router = await api.make("router", name=f"by {address}")
        path = f"/v2.0/routers/{router['id']}/add_router_interface"
        assert (await api.ask("PUT", path, {"port_id": port["id"]})).status == 200
        addresses[f"neutron-{router['id']}"] = address
    await balancing.make("loadbalancers", **a_tree(subnet["id"], "10.50.0.77"))
    balanced = await balanced_by(api, "Logical_Router")
    (other,) = (name for name, count in balanced.items() if not count)
    await api.change("subnet", subnet["id"], gateway_ip=addresses[other])
    assert await balanced_by(api, "Logical_Router") == {name: int(name == other) for name in addresses}


async def test_health_monitor_checks_members_that_are_ports(
    api: NetworkApi, balancing: Balancing, ground: Ground
) -> None:
    port = await api.make("port", network_id=ground.network["id"])
    address = port["fixed_ips"][0]["ip_address"]
    made = await balancing.make("loadbalancers", **a_tree(ground.subnet["id"], address, "10.50.0.199"))
    pool = made["pools"][0]
    monitor = await balancing.make(
        "healthmonitors", pool_id=pool["id"], type="TCP", delay=5, timeout=3, max_retries=2, max_retries_down=4
    )
    (row,) = await rows_of(api, made["id"])
    (check,) = await api.ovn.northbound.rows("Load_Balancer_Health_Check")
    assert (check["vip"], pairs(check["options"])) == (
        f"{made['vip_address']}:80",
        {"interval": "5", "timeout": "3", "success_count": "2", "failure_count": "4"},
    )
    probes = [one for one in await api.find("ports", who="admin") if one["name"].startswith("ovn-lb-hm-")]
    (probe,) = probes
    source = probe["fixed_ips"][0]["ip_address"]
    assert pairs(row["ip_port_mappings"]) == {address: f"{port['id']}:{source}"}
    assert (probe["device_owner"], probe["project_id"]) == ("ovn-lb-hm:distributed", "")

    tree = (await balancing.show(f"loadbalancers/{made['id']}/status"))["loadbalancer"]
    members = tree["listeners"][0]["pools"][0]["members"]
    assert {one["address"]: one["operating_status"] for one in members} == {
        address: "OFFLINE",
        "10.50.0.199": "NO_MONITOR",
    }, "nothing is known of the one yet, and the other is no port of ours"

    await api.make("port", who="admin", network_id=ground.network["id"], fixed_ips=[{"ip_address": "10.50.0.199"}])
    (row,) = await rows_of(api, made["id"])
    assert set(pairs(row["ip_port_mappings"])) == {address, "10.50.0.199"}, "a port that comes later is checked too"
    await api.remove("port", port["id"])
    (row,) = await rows_of(api, made["id"])
    assert set(pairs(row["ip_port_mappings"])) == {"10.50.0.199"}

    await balancing.remove(f"healthmonitors/{monitor['id']}")
    assert await api.ovn.northbound.rows("Load_Balancer_Health_Check") == []
    assert (await api.ask("GET", f"/v2.0/ports/{probe['id']}", who="admin")).status == 404


async def test_router_of_load_balancers_gets_no_second_gateway_and_one_with_two_none(
    api: NetworkApi, balancing: Balancing, ground: Ground
) -> None:
    outside = [await make_outside(api, number) for number in (1, 2)]
    wishes = [{"network_id": network["id"]} for network in outside]
    path = f"/v2.0/routers/{ground.router['id']}/add_external_gateways"
    made = await balancing.make("loadbalancers", vip_subnet_id=ground.subnet["id"])
    assert (await api.ask("PUT", path, {"router": {"external_gateways": wishes[:1]}}, who="admin")).status == 200
    refused = await api.ask("PUT", path, {"router": {"external_gateways": wishes[1:]}}, who="admin")
    assert (refused.status, refused.error["type"]) == (409, "RouterInUse")
    await balancing.remove(f"loadbalancers/{made['id']}")
    assert (await api.ask("PUT", path, {"router": {"external_gateways": wishes[1:]}}, who="admin")).status == 200
    again = await balancing.ask("POST", "loadbalancers", {"loadbalancer": {"vip_subnet_id": ground.subnet["id"]}})
    assert (again.status, "several gateways" in again.fault) == (501, True)


async def make_router_with_two_gateways(api: NetworkApi) -> dict[str, Any]:
    router = await api.make("router", who="admin", project_id="red")
    wishes = [{"network_id": (await make_outside(api, number))["id"]} for number in (1, 2)]
    path = f"/v2.0/routers/{router['id']}/add_external_gateways"
    assert (await api.ask("PUT", path, {"router": {"external_gateways": wishes}}, who="admin")).status == 200
    return router


async def test_router_with_two_gateways_joins_no_subnet_of_a_load_balancer(
    api: NetworkApi, balancing: Balancing
) -> None:
    """By its subnet, by a port in it, or as the one that is left when another router leaves."""
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    router = await make_router_with_two_gateways(api)
    made = await balancing.make("loadbalancers", vip_subnet_id=subnet["id"])
    port = await api.make("port", network_id=network["id"])
    before = await api.dump()
    join, leave = (f"/v2.0/routers/{router['id']}/{verb}_router_interface" for verb in ("add", "remove"))
    for said in ({"subnet_id": subnet["id"]}, {"port_id": port["id"]}):
        refused = await api.ask("PUT", join, said)
        assert (refused.status, refused.error["type"]) == (409, "RouterInUse")
        assert "one gateway only" in refused.error["message"]
    assert await api.dump() == before

    first = await api.make("router")
    own = f"/v2.0/routers/{first['id']}"
    assert (await api.ask("PUT", f"{own}/add_router_interface", {"subnet_id": subnet["id"]})).status == 200
    assert (await api.ask("PUT", join, {"port_id": port["id"]})).status == 200, "guests do not route by it"
    refused = await api.ask("PUT", f"{own}/remove_router_interface", {"subnet_id": subnet["id"]})
    assert (refused.status, router["id"] in refused.error["message"]) == (409, True), "the other would balance then"
    await balancing.remove(f"loadbalancers/{made['id']}")
    assert (await api.ask("PUT", leave, {"port_id": port["id"]})).status == 200
    assert (await api.ask("DELETE", f"/v2.0/routers/{router['id']}", who="admin")).status == 204


async def test_second_gateway_waits_for_the_load_balancer_that_is_made_meanwhile(
    api: NetworkApi, ground: Ground
) -> None:
    outside = [{"network_id": (await make_outside(api, number))["id"]} for number in (1, 2)]
    path = f"/v2.0/routers/{ground.router['id']}/add_external_gateways"
    assert (await api.ask("PUT", path, {"router": {"external_gateways": outside[:1]}}, who="admin")).status == 200
    vip = await api.make("port", network_id=ground.network["id"])
    async with api.database.transaction() as conn:
        await load_balancers.insert_load_balancer(conn, a_balancer(vip, ground.network["id"]))
        adding = asyncio.create_task(api.ask("PUT", path, {"router": {"external_gateways": outside[1:]}}, who="admin"))
        await until_somebody_waits(conn)
    answer = await adding
    assert (answer.status, answer.error["type"]) == (409, "RouterInUse")


def a_balancer(port: dict[str, Any], network_id: str) -> LoadBalancer:
    (fixed,) = port["fixed_ips"]
    place = {"subnet_id": fixed["subnet_id"], "network_id": network_id}
    vip = Vip(ip=fixed["ip_address"], port_id=port["id"], made=False, **place)
    return LoadBalancer(id=str(uuid4()), project_id="red", name="", admin_state_up=True, vips=[vip])


async def make_outside(api: NetworkApi, number: int) -> dict[str, Any]:
    provider = {"provider:network_type": "flat", "provider:physical_network": f"physical{number}"}
    network = await api.make("network", who="admin", **provider, **{"router:external": True})
    await api.make("subnet", who="admin", network_id=network["id"], ip_version=4, cidr=f"150.25.{number}.0/24")
    return network


async def test_all_members_are_replaced_at_once(api: NetworkApi, balancing: Balancing, ground: Ground) -> None:
    made = await balancing.make("loadbalancers", **a_tree(ground.subnet["id"], "10.50.0.77", "10.50.0.78"))
    path = f"pools/{made['pools'][0]['id']}/members"
    (kept,) = [one for one in await balancing.show(path) if one["address"] == "10.50.0.77"]

    async def replace(*addresses: str, query: str = "") -> set[str]:
        bodies = [{"address": one, "protocol_port": 8080, "name": "new"} for one in addresses]
        answer = await balancing.ask("PUT", path + query, {"members": bodies})
        assert answer.status == 202, answer.body
        (row,) = await rows_of(api, made["id"])
        return {
            backend.partition(":")[0] for backends in pairs(row["vips"]).values() for backend in backends.split(",")
        }

    assert await replace("10.50.0.77", "10.50.0.79") == {"10.50.0.77", "10.50.0.79"}
    after = {one["address"]: one for one in await balancing.show(path)}
    assert (after["10.50.0.77"]["id"], after["10.50.0.77"]["name"]) == (kept["id"], "new")
    assert await replace("10.50.0.80", query="?additive_only=true") == {"10.50.0.77", "10.50.0.79", "10.50.0.80"}
    twice = [{"address": "10.50.0.81", "protocol_port": 80}] * 2
    assert (await balancing.ask("PUT", path, {"members": twice})).status == 400
    assert await replace("10.50.0.80") == {"10.50.0.80"}
    async with api.database.connection() as conn:
        used = await conn.fetchval(
            "SELECT used FROM northbound.quotas WHERE project_id = 'red' AND resource = 'member'"
        )
    assert used == 1


async def test_additional_vips_of_the_network_serve_too(api: NetworkApi, balancing: Balancing, ground: Ground) -> None:
    six = await api.make("subnet", network_id=ground.network["id"], ip_version=6, cidr="fd00:50::/64")
    tree = a_tree(ground.subnet["id"], "10.50.0.77", "fd00:50::77", tags=["blue"])
    made = await balancing.make("loadbalancers", **tree, additional_vips=[{"subnet_id": six["id"]}])
    (second,) = made["additional_vips"]
    (row,) = await rows_of(api, made["id"])
    assert pairs(row["vips"]) == {
        f"{made['vip_address']}:80": "10.50.0.77:8080",
        f"[{second['ip_address']}]:80": "[fd00:50::77]:8080",
    }
    assert (await api.show("port", second["port_id"]))["name"] == f"ovn-lb-vip-additional-1-{made['id']}"
    for query, found in (
        (f"vip_address={made['vip_address']}", 1),
        ("vip_address=10.50.0.254", 0),
        ("tags=blue&operating_status=ONLINE", 1),
        ("not-tags=blue", 0),
        ("sort=name:desc&limit=1&fields=id", 1),
    ):
        assert len(await balancing.show(f"loadbalancers?{query}")) == found, query
