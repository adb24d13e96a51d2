"""Addresses that are counted, and topologies that are made by themselves."""

import asyncio
from typing import Any

import msgspec
import pytest

from northbound.networks import store as networks
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.networking import until_somebody_waits

pytestmark = pytest.mark.real
TOPOLOGY = "/v2.0/auto-allocated-topology"


async def test_addresses_are_counted(api: NetworkApi) -> None:
    network = await api.make("network", name="counted")
    four = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24", name="four")
    await api.make("subnet", network_id=network["id"], ip_version=6, cidr="fd00::/48", enable_dhcp=False)
    await api.make("port", network_id=network["id"], fixed_ips=[{"subnet_id": four["id"]}])
    answer = await api.ask("GET", f"/v2.0/network-ip-availabilities/{network['id']}", who="admin")
    found = answer.body["network_ip_availability"]
    assert (found["network_name"], found["used_ips"]) == ("counted", 2)
    assert found["total_ips"] == 253 + 2**80 - 2
    assert found["subnet_ip_availability"][0] == {
        "subnet_id": four["id"],
        "subnet_name": "four",
        "ip_version": 4,
        "cidr": "10.50.0.0/24",
        "total_ips": 253,
        "used_ips": 2,
    }
    (listed,) = await api.find("network-ip-availabilities?ip_version=4&network_name=counted", who="admin")
    assert (listed["total_ips"], len(listed["subnet_ip_availability"])) == (253, 1)
    assert (await api.ask("GET", "/v2.0/network-ip-availabilities")).status == 403
    assert (await api.ask("GET", "/v2.0/network-ip-availabilities?ip_version=5", who="admin")).status == 400


async def surroundings(api: NetworkApi) -> dict[str, Any]:
    """What the cloud must have before it can make topologies."""
    outside = await api.make("network", who="admin", **{"router:external": True, "is_default": True})
    await api.make("subnet", who="admin", network_id=outside["id"], ip_version=4, cidr="150.25.0.0/24")
    said = {"prefixes": ["10.0.0.0/16"], "default_prefixlen": 26, "is_default": True, "shared": True}
    await api.make("subnetpool", who="admin", name="default", **said)
    return outside


async def test_topology_is_made_once_and_taken_away(api: NetworkApi) -> None:
    assert (await api.ask("GET", f"{TOPOLOGY}/red?fields=dry-run")).error["type"] == "AutoAllocationFailure"
    outside = await surroundings(api)
    dry = await api.ask("GET", f"{TOPOLOGY}/red?fields=dry-run")
    assert dry.body["auto_allocated_topology"] == {"id": "dry-run=pass", "project_id": "red", "tenant_id": "red"}
    before = await api.dump()
    answers = await asyncio.gather(*(api.ask("GET", f"{TOPOLOGY}/{said}") for said in ("red", "None", "red")))
    made = {answer.body["auto_allocated_topology"]["id"] for answer in answers}
    assert len(made) == 1
    network = await api.show("network", made.pop())
    assert (network["name"], network["project_id"]) == ("auto_allocated_network", "red")
    (subnet,) = await api.find(f"subnets?network_id={network['id']}")
    assert (subnet["name"], subnet["cidr"]) == ("auto_allocated_subnet_v4", "10.0.0.0/26")
    (router,) = await api.find("routers?name=auto_allocated_router")
    assert router["external_gateway_info"]["network_id"] == outside["id"]
    (port,) = await api.find(f"ports?device_id={router['id']}")
    assert port["fixed_ips"][0]["ip_address"] == subnet["gateway_ip"]

    guest = await api.make("port", network_id=network["id"])
    refused = await api.ask("DELETE", f"{TOPOLOGY}/red")
    assert (refused.status, refused.error["type"]) == (409, "NetworkInUse")
    await api.remove("port", guest["id"])
    assert (await api.ask("DELETE", f"{TOPOLOGY}/red")).status == 204
    assert (await api.ask("DELETE", f"{TOPOLOGY}/red")).status == 404
    left = await api.dump()
    assert {name for name in left if left[name] != before[name]} <= {
        "quotas",
        "security_groups",
        "security_group_rules",
    }


async def test_topology_of_others_is_theirs(api: NetworkApi) -> None:
    await surroundings(api)
    assert (await api.ask("GET", f"{TOPOLOGY}/blue")).status == 403
    assert (await api.ask("DELETE", f"{TOPOLOGY}/blue")).status == 403
    assert (await api.ask("GET", f"{TOPOLOGY}/blue", who="admin")).body["auto_allocated_topology"][
        "tenant_id"
    ] == "blue"
    assert len(await api.find("networks?name=auto_allocated_network", who="bob")) == 1


async def test_threat_p14_no_topology_is_made_while_its_way_out_is_withdrawn(api: NetworkApi) -> None:
    outside = await surroundings(api)
    async with api.database.transaction() as conn:
        await networks.lock_network(conn, outside["id"])
        before = await networks.fetch_network(conn, outside["id"], None)
        await networks.update_network(conn, before, msgspec.structs.replace(before, external=False, is_default=False))
        asking = asyncio.create_task(api.ask("GET", f"{TOPOLOGY}/red"))
        await until_somebody_waits(conn)
    assert (await asking).status == 404
    assert await api.find("routers") == []
