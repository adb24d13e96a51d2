"""Trunks by the API, and what OVN holds of them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real


async def a_port(api: NetworkApi, who: str = "alice", **said: Any) -> dict[str, Any]:
    network = await api.make("network", who=who, **said)
    return await api.make("port", who=who, network_id=network["id"])


def vlan(port: dict[str, Any], tag: int) -> dict[str, Any]:
    return {"port_id": port["id"], "segmentation_type": "vlan", "segmentation_id": tag}


async def nesting(api: NetworkApi, port: dict[str, Any]) -> tuple[Any, Any]:
    (row,) = [row for row in await api.ovn.northbound.rows("Logical_Switch_Port") if row["name"] == port["id"]]
    return row["parent_name"], row["tag_request"]


async def test_subports_hang_below_their_parent_until_they_leave(api: NetworkApi) -> None:
    parent, one, two = [await a_port(api) for _ in range(3)]
    trunk = await api.make("trunk", port_id=parent["id"], name="bundle", sub_ports=[vlan(one, 101)])
    assert trunk["sub_ports"] == [vlan(one, 101)]
    assert (trunk["status"], trunk["admin_state_up"], trunk["revision_number"]) == ("DOWN", True, 1)
    assert await nesting(api, one) == (parent["id"], 101)
    path = f"/v2.0/trunks/{trunk['id']}"
    added = await api.ask("PUT", f"{path}/add_subports", {"sub_ports": [vlan(two, 102)]})
    assert (added.status, added.body["sub_ports"]) == (200, [vlan(one, 101), vlan(two, 102)])
    assert added.body["revision_number"] == 2
    assert (await api.ask("GET", f"{path}/get_subports")).body == {"sub_ports": [vlan(one, 101), vlan(two, 102)]}
    assert (await api.show("port", two["id"]))["device_owner"] == "trunk:subport"
    shown = (await api.show("port", parent["id"]))["trunk_details"]
    assert shown["trunk_id"] == trunk["id"]
    assert shown["sub_ports"][0] == vlan(one, 101) | {"mac_address": one["mac_address"]}
    assert "trunk_details" not in await api.show("port", one["id"])

    bound = await api.change("port", parent["id"], who="admin", **{"binding:host_id": "host-1"})
    assert bound["binding:host_id"] == "host-1"
    seen = await api.show("port", one["id"], who="admin")
    assert (seen["binding:host_id"], seen["binding:vif_type"]) == ("host-1", "ovs")
    assert seen["binding:profile"] == {"parent_name": parent["id"], "tag": 101}

    left = await api.ask("PUT", f"{path}/remove_subports", {"sub_ports": [vlan(one, 101)]})
    assert left.body["sub_ports"] == [vlan(two, 102)]
    assert await nesting(api, one) == (["set", []], ["set", []])
    await api.remove("trunk", trunk["id"])
    assert await nesting(api, two) == (["set", []], ["set", []])
    assert (await api.show("port", two["id"]))["device_owner"] == ""
    assert [quota["used"] for quota in [(await details(api))["trunk"]]] == [0]


async def details(api: NetworkApi) -> dict[str, Any]:
    return (await api.ask("GET", "/v2.0/quotas/red/details", who="admin")).body["quota"]


async def test_port_is_in_one_trunk_in_one_place(api: NetworkApi) -> None:
    parent, other, sub, busy = [await a_port(api) for _ in range(4)]
    await api.change("port", busy["id"], device_id="a-box")
    trunk = await api.make("trunk", port_id=parent["id"], sub_ports=[vlan(sub, 5)])
    second = await api.make("trunk", port_id=other["id"])
    add = f"/v2.0/trunks/{second['id']}/add_subports"
    for kind, method, path, body in (
        ("ParentPortInUse", "POST", "/v2.0/trunks", {"trunk": {"port_id": parent["id"]}}),
        ("TrunkPortInUse", "POST", "/v2.0/trunks", {"trunk": {"port_id": sub["id"]}}),
        ("ParentPortInUse", "PUT", add, {"sub_ports": [vlan(parent, 6)]}),
        ("ParentPortInUse", "PUT", add, {"sub_ports": [vlan(other, 6)]}),
        ("TrunkPortInUse", "PUT", add, {"sub_ports": [vlan(sub, 6)]}),
        ("PortInUse", "PUT", add, {"sub_ports": [vlan(busy, 6)]}),
        ("PortInUseAsTrunkParent", "DELETE", f"/v2.0/ports/{parent['id']}", None),
        ("PortInUseAsSubPort", "DELETE", f"/v2.0/ports/{sub['id']}", None),
        ("ServicePortInUse", "PUT", f"/v2.0/ports/{sub['id']}", {"port": {"device_id": "a-box"}}),
    ):
        answer = await api.ask(method, path, body)
        assert (answer.status, answer.error["type"]) == (409, kind), answer.body
    free = await a_port(api)
    add = f"/v2.0/trunks/{trunk['id']}/add_subports"
    answer = await api.ask("PUT", add, {"sub_ports": [vlan(free, 5)]})
    assert (answer.status, answer.error["type"]) == (409, "DuplicateSubPort")
    await api.change("trunk", trunk["id"], admin_state_up=False)
    for method, path, body in (
        ("PUT", add, {"sub_ports": [vlan(free, 6)]}),
        ("DELETE", f"/v2.0/trunks/{trunk['id']}", None),
    ):
        answer = await api.ask(method, path, body)
        assert (answer.status, answer.error["type"]) == (409, "TrunkDisabled")


async def test_bad_subports_are_refused_and_change_nothing(api: NetworkApi) -> None:
    parent, sub = await a_port(api), await a_port(api)
    large = await a_port(
        api, who="admin", **{"provider:network_type": "vlan", "provider:physical_network": "physical1"}
    )
    foreign = await a_port(api, who="bob")
    trunk = await api.make("trunk", port_id=parent["id"])
    before = await api.dump()
    for status, word, who, said in (
        (400, "segmentation_id", "alice", [{"port_id": sub["id"], "segmentation_type": "vlan"}]),
        (400, "segmentation_type", "alice", [{"port_id": sub["id"], "segmentation_id": 5}]),
        (400, "segmentation_id", "alice", [vlan(sub, 4095)]),
        (400, "port_id", "alice", [{"segmentation_type": "vlan", "segmentation_id": 5}]),
        (400, "twice", "alice", [vlan(sub, 5), vlan(sub, 6)]),
        (400, "twice", "alice", [vlan(sub, 5), vlan(parent, 5)]),
        (400, "inherit", "alice", [{"port_id": sub["id"], "segmentation_type": "inherit"}]),
        (400, "sub_ports", "alice", vlan(sub, 5)),
        (404, foreign["id"], "alice", [vlan(foreign, 5)]),
        (404, "Port", "alice", [{**vlan(sub, 5), "port_id": str(uuid4())}]),
        (404, "Trunk", "bob", [vlan(foreign, 5)]),
        (409, "MTU", "admin", [vlan(large, 5)]),
    ):
        answer = await api.ask("PUT", f"/v2.0/trunks/{trunk['id']}/add_subports", {"sub_ports": said}, who=who)
        assert answer.status == status, answer.body
        assert word in answer.error["message"]
    answer = await api.ask("PUT", f"/v2.0/trunks/{trunk['id']}/remove_subports", {"sub_ports": [vlan(sub, 5)]})
    assert (answer.status, answer.error["type"]) == (404, "SubPortNotFound")
    assert await api.dump() == before


async def test_tag_is_inherited_of_a_vlan_network(api: NetworkApi) -> None:
    physical = {"provider:network_type": "vlan", "provider:physical_network": "physical1"}
    parent = await a_port(api, who="admin", **physical)
    sub = await a_port(api, who="admin", **physical, **{"provider:segmentation_id": 77})
    wanted = [{"port_id": sub["id"], "segmentation_type": "inherit"}]
    trunk = await api.make("trunk", who="admin", port_id=parent["id"], sub_ports=wanted)
    assert trunk["sub_ports"] == [vlan(sub, 77)]


async def test_two_trunks_that_want_one_port_do_not_both_get_it(api: NetworkApi) -> None:
    sub, *parents = [await a_port(api) for _ in range(5)]
    bodies = [{"trunk": {"port_id": parent["id"], "sub_ports": [vlan(sub, 9)]}} for parent in parents]
    bodies.append({"trunk": {"port_id": sub["id"]}})
    answers = await asyncio.gather(*(api.ask("POST", "/v2.0/trunks", body) for body in bodies))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]


async def test_port_in_a_trunk_is_for_nothing_else(api: NetworkApi) -> None:
    """Whoever else took it could not let it go again."""
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    parent, one = [await api.make("port", network_id=network["id"]) for _ in range(2)]
    trunk = await api.make("trunk", port_id=parent["id"], sub_ports=[vlan(one, 101)])
    router = await api.make("router")
    path = f"/v2.0/routers/{router['id']}/add_router_interface"
    for port, reason in ((parent, "PortInUseAsTrunkParent"), (one, "PortInUseAsSubPort")):
        refused = await api.ask("PUT", path, {"port_id": port["id"]})
        assert (refused.status, refused.error["type"]) == (409, reason)
        balancer = {"loadbalancer": {"vip_port_id": port["id"]}}
        assert (await api.ask("POST", "/v2/lbaas/loadbalancers", balancer, api="load-balancer")).status == 409
    await api.remove("trunk", trunk["id"])

    said = {"loadbalancer": {"vip_subnet_id": subnet["id"]}}
    made = (await api.ask("POST", "/v2/lbaas/loadbalancers", said, api="load-balancer")).body["loadbalancer"]
    refused = await api.ask("POST", "/v2.0/trunks", {"trunk": {"port_id": made["vip_port_id"]}})
    assert (refused.status, refused.error["type"]) == (409, "ParentPortInUse")
