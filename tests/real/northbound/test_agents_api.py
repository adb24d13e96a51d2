"""Agents and availability zones over HTTP, as OVN's southbound database shows the hypervisors."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.lab.daemons.waiting import until
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.hypervisors import add_hypervisor, remove_hypervisors

pytestmark = pytest.mark.real


async def a_chassis(api: NetworkApi, name: str, options: str = "") -> dict[str, Any]:
    """The agent of a new chassis, once it is listed."""
    await add_hypervisor(api, name, options=options)
    found: list[dict[str, Any]] = []

    async def is_listed() -> bool:
        found[:] = await api.find(f"agents?host=host-{name}", who="admin")
        return bool(found)

    await until(is_listed, 5)
    return found[0]


@pytest.fixture(autouse=True)
async def clean(ovn: Ovn) -> AsyncIterator[None]:
    yield
    await remove_hypervisors(ovn)


async def make_silent(api: NetworkApi, name: str) -> None:
    """Two minutes pass in which the cloud takes steps and the chassis none."""
    for _ in range(2):
        await api.ovn.nbctl("--wait=sb", "sync")
    async with api.database.transaction() as conn:
        await conn.execute("UPDATE northbound.agents SET kept_up_at = now() - interval '2 minutes'")

    async def is_down() -> bool:
        return not (await api.show("agent", name, who="admin"))["alive"]

    await until(is_down, 5)


async def test_agent_is_listed_described_and_gone_with_its_chassis(api: NetworkApi) -> None:
    agent = await a_chassis(api, "h1", "enable-chassis-as-gw,availability-zones=az1")
    assert (agent["id"], agent["agent_type"]) == ("h1", "OVN Controller Gateway agent")
    assert (agent["alive"], agent["availability_zone"], agent["binary"]) == (True, "az1", "ovn-controller")
    assert agent["configurations"] == {"chassis_name": "h1", "bridge-mappings": {"physical1": "br-ex"}}
    assert (await api.change("agent", "h1", who="admin", description="rack 5"))["description"] == "rack 5"
    assert [
        found["id"] for found in await api.find("agents?alive=true&agent_type=OVN Controller agent", who="admin")
    ] == []
    assert await api.find("agents") == []
    assert (await api.ask("GET", "/v2.0/agents/h1")).status == 403
    assert (await api.ask("GET", "/v2.0/agents/h9", who="admin")).status == 404
    refused = await api.ask("PUT", "/v2.0/agents/h1", {"agent": {"admin_state_up": False}}, who="admin")
    assert (refused.status, "admin_state_up" in refused.error["message"]) == (400, True)
    await api.ovn.sbctl("chassis-del", "h1")

    async def is_gone() -> bool:
        return await api.find("agents", who="admin") == []

    await until(is_gone, 5)


async def test_agent_that_is_down_is_taken_out_and_one_that_lives_is_not(api: NetworkApi) -> None:
    await a_chassis(api, "h1")
    refused = await api.ask("DELETE", "/v2.0/agents/h1", who="admin")
    assert (refused.status, refused.error["type"]) == (409, "AgentAlive")
    await make_silent(api, "h1")
    assert (await api.ask("DELETE", "/v2.0/agents/h1")).status == 403
    await api.remove("agent", "h1", who="admin")
    assert (await api.ask("GET", "/v2.0/agents/h1", who="admin")).status == 404
    await api.ovn.wait_rows("SB", "Chassis", 0)
    await api.ovn.wait_rows("SB", "Chassis_Private", 0)
    assert (await a_chassis(api, "h1"))["host"] == "host-h1"


async def test_networks_are_in_the_zones_of_the_hypervisors_that_reach_them(api: NetworkApi) -> None:
    await a_chassis(api, "h1", "enable-chassis-as-gw,availability-zones=az1")
    await a_chassis(api, "h2", "availability-zones=az2")
    zones = await api.find("availability_zones")
    assert [(zone["name"], zone["resource"], zone["state"]) for zone in zones] == [
        ("az1", "network", "available"),
        ("az1", "router", "available"),
        ("az2", "network", "available"),
    ]
    assert [zone["name"] for zone in await api.find("availability_zones?resource=router")] == ["az1"]
    assert (await api.ask("GET", "/v2.0/availability_zones?colour=red")).status == 400
    network = await api.make("network", availability_zone_hints=["az2"])
    assert (network["availability_zone_hints"], network["availability_zones"]) == (["az2"], ["az2"])
    assert (await api.make("network"))["availability_zones"] == ["az1", "az2"]
    refused = await api.ask("POST", "/v2.0/networks", {"network": {"availability_zone_hints": ["az9"]}})
    assert (refused.status, refused.error["type"]) == (404, "AvailabilityZoneNotFound")
