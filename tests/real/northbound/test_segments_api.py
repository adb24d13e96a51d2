"""Networks of several segments over HTTP."""

import pytest

from southbound import names
from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real


def a_place(physical_network: str, vlan: int | None = None) -> dict:
    place = {"provider:network_type": "vlan", "provider:physical_network": physical_network}
    return place if vlan is None else place | {"provider:segmentation_id": vlan}


async def localnets(api: NetworkApi, network_id: str) -> set[tuple[str, object]]:
    """(physical network, tag) of the localnet ports on the network's switch."""
    (switch,) = await api.ovn.wait_rows("NB", "Logical_Switch", 1, name=names.switch_name(network_id))
    return {
        (dict(row["options"][1])["network_name"], row["tag"])
        for row in await api.ovn.northbound.rows("Logical_Switch_Port")
        if row["type"] == "localnet" and row["_uuid"][1] in str(switch["ports"])
    }


async def test_network_of_two_segments_has_two_localnet_ports(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", segments=[a_place("one", 5), a_place("two")])
    assert network["segments"] == [
        a_place("one", 5),
        a_place("two", 1),
    ]
    assert "provider:network_type" not in network
    assert await localnets(api, network["id"]) == {("one", 5), ("two", 1)}
    for filters in ("provider:physical_network=two", "provider:segmentation_id=5&provider:network_type=vlan"):
        assert [found["id"] for found in await api.find(f"networks?{filters}", who="admin")] == [network["id"]]
    assert await api.find("networks?provider:physical_network=two&provider:segmentation_id=5", who="admin") == []
    taken = {"segments": [a_place("three", 5), a_place("one", 5)]}
    before = await api.dump()
    answer = await api.ask("POST", "/v2.0/networks", {"network": taken}, who="admin")
    assert (answer.status, answer.error["type"]) == (409, "VlanIdInUse")
    assert await api.dump() == before


async def test_tag_follows_the_segmentation_id_and_comes_back_when_somebody_changes_it(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", **a_place("one", 5))
    await api.change("network", network["id"], who="admin", **a_place("one", 6))
    assert await localnets(api, network["id"]) == {("one", 6)}
    (port,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, type="localnet")
    await api.ovn.nbctl("set", "Logical_Switch_Port", port["name"], "tag=9")
    await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, type="localnet", tag=6)


async def test_one_external_network_is_the_default(api: NetworkApi) -> None:
    outside = {"router:external": True, "is_default": True}
    first = await api.make("network", who="admin", **outside)
    second = await api.make("network", who="admin", **outside | {"is_default": False})
    answer = await api.ask("PUT", f"/v2.0/networks/{second['id']}", {"network": {"is_default": True}}, who="admin")
    assert (answer.status, answer.error["type"]) == (409, "DefaultExternalNetworkExists")
    assert [found["id"] for found in await api.find("networks?is_default=true")] == [first["id"]]
    await api.change("network", first["id"], who="admin", **{"router:external": False})
    assert (await api.change("network", second["id"], who="admin", is_default=True))["is_default"]


async def test_dns_domain_is_kept_in_lower_case(api: NetworkApi) -> None:
    network = await api.make("network", dns_domain="Example.org.")
    assert network["dns_domain"] == "example.org."
    assert (await api.change("network", network["id"], dns_domain=""))["dns_domain"] == ""


async def test_segment_is_added_named_and_taken_away(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", **a_place("one", 5))
    said = {"network_id": network["id"], "network_type": "vlan", "physical_network": "two", "segmentation_id": 7}
    made = await api.make("segment", who="admin", name="second", **said)
    assert await localnets(api, network["id"]) == {("one", 5), ("two", 7)}
    assert [s["id"] for s in await api.find(f"segments?network_id={network['id']}&name=second", who="admin")] == [
        made["id"]
    ]
    changed = await api.change("segment", made["id"], who="admin", name=None, description="rack two")
    assert (changed["name"], changed["description"], changed["revision_number"]) == (None, "rack two", 2)
    (first,) = await api.find("segments?physical_network=one", who="admin")
    await api.remove("segment", first["id"], who="admin")
    assert await localnets(api, network["id"]) == {("two", 7)}
    assert (await api.show("network", network["id"], who="admin"))["provider:physical_network"] == "two"
    refused = await api.ask("DELETE", f"/v2.0/segments/{made['id']}", who="admin")
    assert (refused.status, refused.error["type"]) == (409, "SegmentInUse")


async def test_segment_that_does_not_fit_is_refused(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", **a_place("one", 5))
    before = await api.dump()
    for status, word, said in (
        (400, "segments", {"network_type": "flat", "physical_network": "one"}),
        (400, "network_type", {"network_type": "geneve"}),
        (400, "physical_network", {"network_type": "vlan"}),
        (400, "segmentation_id", {"network_type": "vlan", "physical_network": "two", "segmentation_id": 5000}),
        (400, "colour", {"network_type": "vlan", "physical_network": "two", "colour": "red"}),
    ):
        body = {"segment": {"network_id": network["id"]} | said}
        answer = await api.ask("POST", "/v2.0/segments", body, who="admin")
        assert (answer.status, word in answer.error["message"]) == (status, True), said
    body = {"segment": {"network_id": network["id"], "network_type": "vlan", "physical_network": "two"}}
    assert (await api.ask("POST", "/v2.0/segments", body)).status == 403
    assert await api.dump() == before


async def test_segment_with_subnets_stays(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", segments=[a_place("one", 5), a_place("two", 6)])
    (first, second) = sorted(await api.find("segments", who="admin"), key=lambda s: s["physical_network"])
    said = {"network_id": network["id"], "ip_version": 4, "cidr": "10.1.0.0/24"}
    subnet = await api.make("subnet", who="admin", segment_id=first["id"], **said)
    refused = await api.ask("DELETE", f"/v2.0/segments/{first['id']}", who="admin")
    assert (refused.status, refused.error["type"]) == (409, "SegmentInUse")
    await api.remove("subnet", subnet["id"], who="admin")
    await api.remove("segment", first["id"], who="admin")
    assert await localnets(api, network["id"]) == {("two", 6)}
