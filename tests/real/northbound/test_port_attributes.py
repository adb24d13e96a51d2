"""Attributes and filters of ports, by the API."""

from typing import Any

import pytest

from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real


async def test_new_mac_takes_autonomous_addresses_with_it(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make(
        "subnet",
        network_id=network["id"],
        ip_version=6,
        cidr="fd00::/64",
        ipv6_ra_mode="slaac",
        ipv6_address_mode="slaac",
    )
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    before = await api.make("port", network_id=network["id"], mac_address="fa:16:3e:00:00:01")
    assert "fd00::f816:3eff:fe00:1" in addresses(before)
    after = await api.change("port", before["id"], mac_address="fa:16:3e:00:00:02")
    assert addresses(after) == addresses(before) - {"fd00::f816:3eff:fe00:1"} | {"fd00::f816:3eff:fe00:2"}
    again = await api.change("port", before["id"], mac_address=None)
    assert again["mac_address"] != after["mac_address"]
    assert again["mac_address"].startswith("fa:16:3e:")


def addresses(port: dict[str, Any]) -> set[str]:
    return {fixed["ip_address"] for fixed in port["fixed_ips"]}


async def test_ports_are_found_by_a_part_of_an_address_and_by_having_none(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/16")
    near, far = [
        await api.make("port", network_id=network["id"], fixed_ips=[{"ip_address": ip}], device_id=device)
        for ip, device in (("10.50.7.9", ""), ("10.50.9.7", "box"))
    ]
    assert await ids(api, "fixed_ips=ip_address_substr=50.7.") == {near["id"]}
    assert await ids(api, "fixed_ips=ip_address_substr=10.50.&device_id=box") == {far["id"]}
    assert near["id"] in await ids(api, "device_id=")
    assert far["id"] not in await ids(api, "device_id=")
    assert await ids(api, "fixed_ips=ip_address_substr=%25") == set()
    assert (await api.ask("GET", "/v2.0/ports?fixed_ips=ip_address_substr=%00")).status == 400


async def ids(api: NetworkApi, query: str) -> set[str]:
    return {port["id"] for port in await api.find(f"ports?{query}")}


async def test_traits_are_kept_and_hints_are_the_administrators(api: NetworkApi) -> None:
    network = await api.make("network")
    port = await api.make(
        "port", network_id=network["id"], numa_affinity_policy="socket", propagate_uplink_status=False
    )
    assert (port["numa_affinity_policy"], port["propagate_uplink_status"]) == ("socket", False)
    port = await api.change("port", port["id"], numa_affinity_policy=None, propagate_uplink_status=True)
    assert (port["numa_affinity_policy"], port["propagate_uplink_status"]) == (None, True)
    hints = {"openvswitch": {"other_config": {"tx-steering": "hash"}}}
    refused = await api.ask("PUT", f"/v2.0/ports/{port['id']}", {"port": {"hints": hints}})
    assert refused.status == 403
    assert (await api.change("port", port["id"], who="admin", hints=hints))["hints"] == hints
    wrong = await api.ask("PUT", f"/v2.0/ports/{port['id']}", {"port": {"hints": {"x": 1}}}, who="admin")
    assert wrong.status == 400


async def test_listed_resources_may_have_envelopes_of_their_own(api: NetworkApi) -> None:
    bare = await api.ask("POST", "/v2.0/networks", {"networks": [{"name": "a"}, {"name": "b"}]})
    wrapped = await api.ask("POST", "/v2.0/networks", {"networks": [{"network": {"name": "c"}}, {"network": {}}]})
    assert [answer.status for answer in (bare, wrapped)] == [201, 201]
    network = {"network_id": bare.body["networks"][0]["id"]}
    made = await api.ask("POST", "/v2.0/ports", {"ports": [{"port": network | {"tags": ["t"]}}, {"port": network}]})
    assert [port["tags"] for port in made.body["ports"]] == [["t"], []]
    for wrong in (
        [{"port": network}, network],
        [{"port": {**network, "x": 1}}],
        [{"port": [network]}],
        {"port": network},
    ):
        answer = await api.ask("POST", "/v2.0/ports", {"ports": wrong})
        assert answer.status == 400, wrong
        assert "ports" in answer.error["message"]
