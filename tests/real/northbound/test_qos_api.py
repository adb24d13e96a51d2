"""QoS policies and their rules over HTTP, who follows them, and their rows in OVN."""

import asyncio
from typing import Any

import pytest

from northbound.protection.plan import REQUEST_PRIORITY
from tests.real.northbound.api import Answer, NetworkApi
from tests.real.northbound.networking import until_somebody_waits

pytestmark = pytest.mark.real
LIMIT = {"max_kbps": 3000, "max_burst_kbps": 300}


async def a_policy(api: NetworkApi, *, shared: bool = True, **said: Any) -> dict[str, Any]:
    body = {"policy": {"name": "slow", "shared": shared, **said}}
    answer = await api.ask("POST", "/v2.0/qos/policies", body, who="admin")
    assert answer.status == 201, answer.body
    return answer.body["policy"]


async def add_rule(api: NetworkApi, policy: dict[str, Any], kind: str, who: str = "admin", **said: Any) -> Answer:
    path = f"/v2.0/qos/policies/{policy['id']}/{kind}_rules"
    return await api.ask("POST", path, {f"{kind}_rule": said}, who=who)


async def rows(api: NetworkApi) -> list[tuple[str, dict, dict]]:
    """(match, bandwidth, action) of every row that a policy asks for, in order."""
    found = [row for row in await api.ovn.northbound.rows("QoS") if row["priority"] != REQUEST_PRIORITY]
    return sorted((row["match"], dict(row["bandwidth"][1]), dict(row["action"][1])) for row in found)


async def test_ports_follow_their_policy_else_their_networks(api: NetworkApi) -> None:
    slow, marked = await a_policy(api), await a_policy(api, name="marked")
    assert (await add_rule(api, slow, "bandwidth_limit", **LIMIT)).status == 201
    assert (await add_rule(api, marked, "dscp_marking", dscp_mark=26)).status == 201
    network = await api.make("network", qos_policy_id=slow["id"])
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    plain = await api.make("port", network_id=network["id"])
    own = await api.make("port", network_id=network["id"], qos_policy_id=marked["id"])
    assert (network["qos_policy_id"], plain["qos_policy_id"]) == (slow["id"], None)
    assert (own["qos_policy_id"], own["qos_network_policy_id"]) == (marked["id"], slow["id"])
    limited = (f'inport == "{plain["id"]}"', {"rate": 3000, "burst": 300}, {})
    assert sorted(await rows(api)) == sorted([limited, (f'inport == "{own["id"]}"', {}, {"dscp": 26})])

    assert (await add_rule(api, slow, "bandwidth_limit", max_kbps=9000, direction="ingress")).status == 201
    incoming = (f'outport == "{plain["id"]}"', {"rate": 9000}, {})
    assert limited in await rows(api)
    assert incoming in await rows(api)
    await api.change("port", own["id"], qos_policy_id=None)
    assert len(await rows(api)) == 4
    await api.change("network", network["id"], qos_policy_id=None)
    assert await rows(api) == []
    used = await api.change("port", own["id"], qos_policy_id=slow["id"])
    assert [found["id"] for found in await api.find(f"ports?qos_policy_id={slow['id']}")] == [used["id"]]
    refused = await api.ask("DELETE", f"/v2.0/qos/policies/{slow['id']}", who="admin")
    assert (refused.status, refused.error["type"]) == (409, "QosPolicyInUse")
    await api.remove("port", own["id"])
    assert await rows(api) == []
    assert (await api.ask("DELETE", f"/v2.0/qos/policies/{slow['id']}", who="admin")).status == 204


async def test_rules_are_changed_below_their_policy_and_by_their_alias(api: NetworkApi) -> None:
    policy, other = await a_policy(api), await a_policy(api)
    rule = (await add_rule(api, policy, "bandwidth_limit", **LIMIT)).body["bandwidth_limit_rule"]
    assert rule == {"id": rule["id"], "qos_policy_id": policy["id"], **LIMIT, "direction": "egress"}
    path = f"/v2.0/qos/policies/{policy['id']}/bandwidth_limit_rules/{rule['id']}"
    alias = f"/v2.0/qos/alias-bandwidth-limit-rules/{rule['id']}"
    assert (await api.ask("GET", path.replace(policy["id"], other["id"]))).status == 404, "threat P3"
    assert (await api.ask("GET", path.replace("bandwidth_limit", "dscp_marking"))).status == 404
    changed = await api.ask("PUT", path, {"bandwidth_limit_rule": {"max_kbps": 4000}}, who="admin")
    assert changed.body["bandwidth_limit_rule"]["max_kbps"] == 4000
    changed = await api.ask("PUT", alias, {"alias_bandwidth_limit_rule": {"max_burst_kbps": 0}}, who="admin")
    assert changed.body["alias_bandwidth_limit_rule"]["max_burst_kbps"] == 0
    shown = (await api.ask("GET", f"/v2.0/qos/policies/{policy['id']}")).body["policy"]
    assert shown["rules"] == [rule | {"max_kbps": 4000, "max_burst_kbps": 0, "type": "bandwidth_limit"}]
    assert shown["revision_number"] == 4
    listed = await api.ask("GET", f"/v2.0/qos/policies/{policy['id']}/bandwidth_limit_rules?max_kbps=4000")
    assert [found["id"] for found in listed.body["bandwidth_limit_rules"]] == [rule["id"]]
    assert (await api.ask("DELETE", alias, who="admin")).status == 204
    assert (await api.ask("GET", path)).status == 404


async def test_bad_rule_is_refused_by_name(api: NetworkApi) -> None:
    policy = await a_policy(api)
    assert (await add_rule(api, policy, "bandwidth_limit", **LIMIT)).status == 201
    for kind, said, status, words in (
        ("bandwidth_limit", LIMIT, 409, "bandwidth_limit"),
        ("bandwidth_limit", {"max_kbps": 0}, 400, "max_kbps"),
        ("bandwidth_limit", {"max_kbps": 2**31}, 400, "max_kbps"),
        ("bandwidth_limit", {"max_kbps": 5, "direction": "both"}, 400, "direction"),
        ("dscp_marking", {"dscp_mark": 1}, 400, "dscp_mark"),
        ("minimum_bandwidth", {"min_kbps": 5, "direction": "ingress"}, 400, "direction"),
        ("minimum_bandwidth", {"min_kbps": 3001}, 409, "3001"),
        ("minimum_bandwidth", {"min_kbps": 3000}, 201, ""),
    ):
        answer = await add_rule(api, policy, kind, **said)
        assert answer.status == status, (said, answer.body)
        assert status == 201 or words in answer.error["message"]
    body = {"minimum_packet_rate_rule": {"min_kpps": 1}}
    path = f"/v2.0/qos/policies/{policy['id']}/minimum_packet_rate_rules"
    assert (await api.ask("POST", path, body, who="admin")).status == 404


async def test_policies_are_an_operators_and_followed_by_whom_they_are_shared_with(api: NetworkApi) -> None:
    hidden, shared = await a_policy(api, shared=False), await a_policy(api)
    assert [found["id"] for found in (await api.ask("GET", "/v2.0/qos/policies")).body["policies"]] == [shared["id"]]
    assert (await api.ask("POST", "/v2.0/qos/policies", {"policy": {"name": "mine"}})).status == 403
    assert (await add_rule(api, shared, "bandwidth_limit", who="alice", **LIMIT)).status == 403
    network = await api.make("network")
    for path, noun in (("/v2.0/networks", "network"), ("/v2.0/ports", "port")):
        body = {noun: {"qos_policy_id": hidden["id"]} | ({"network_id": network["id"]} if noun == "port" else {})}
        refused = await api.ask("POST", path, body)
        assert (refused.status, refused.error["type"]) == (404, "QosPolicyNotFound"), "threat P10"
    port = await api.make("port", network_id=network["id"], qos_policy_id=shared["id"])
    withdrawn = {"policy": {"shared": False}}
    assert (await api.ask("PUT", f"/v2.0/qos/policies/{shared['id']}", withdrawn, who="admin")).status == 409
    await api.change("port", port["id"], who="admin", qos_policy_id=hidden["id"])
    refused = await api.ask("PUT", f"/v2.0/ports/{port['id']}", {"port": {"qos_policy_id": None}})
    assert (refused.status, refused.error["type"]) == (403, "PolicyRemoveAuthorizationError")
    assert (await api.change("port", port["id"], name="mine"))["qos_policy_id"] == hidden["id"]


async def test_new_networks_follow_the_default_policy_of_their_project(api: NetworkApi) -> None:
    default = await a_policy(api, is_default=True, project_id="red", shared=False)
    second = {"policy": {"name": "b", "is_default": True, "project_id": "red"}}
    refused = await api.ask("POST", "/v2.0/qos/policies", second, who="admin")
    assert (refused.status, refused.error["type"]) == (409, "QoSPolicyDefaultAlreadyExists")
    assert (await api.make("network"))["qos_policy_id"] == default["id"]
    assert (await api.make("network", qos_policy_id=None))["qos_policy_id"] is None
    assert (await api.make("network", who="bob"))["qos_policy_id"] is None


async def test_guarantee_is_kept_by_the_host_and_told_to_placement(api: NetworkApi) -> None:
    policy = await a_policy(api)
    for kind, said in (("minimum_bandwidth", {"min_kbps": 1000}), ("bandwidth_limit", LIMIT)):
        assert (await add_rule(api, policy, kind, **said)).status == 201
    provider = {"provider:network_type": "vlan", "provider:physical_network": "physical1"}
    network = await api.make("network", who="admin", qos_policy_id=policy["id"], **provider)
    port = await api.make("port", who="admin", network_id=network["id"])
    (group,) = port["resource_request"]["request_groups"]
    assert group["resources"] == {"NET_BW_EGR_KILOBIT_PER_SEC": 1000}
    assert "resource_request" not in await api.make("port", network_id=(await api.make("network"))["id"])
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    options = dict(row["options"][1])
    assert (options["qos_min_rate"], options["qos_max_rate"], options["qos_burst"]) == ("1000000", "3000000", "300000")
    assert await rows(api) == []


async def test_rule_types_are_those_that_ovn_keeps(api: NetworkApi) -> None:
    listed = (await api.ask("GET", "/v2.0/qos/rule-types")).body["rule_types"]
    assert [found["type"] for found in listed] == ["bandwidth_limit", "dscp_marking", "minimum_bandwidth"]
    assert (await api.ask("GET", "/v2.0/qos/rule-types/dscp_marking")).status == 403
    details = await api.ask("GET", "/v2.0/qos/rule-types/minimum_bandwidth", who="admin")
    (driver,) = details.body["rule_type"]["drivers"]
    assert [found["parameter_name"] for found in driver["supported_parameters"]] == ["min_kbps", "direction"]
    assert (await api.ask("GET", "/v2.0/qos/rule-types/packet_rate_limit", who="admin")).status == 404


async def test_policies_have_tags_under_both_paths(api: NetworkApi) -> None:
    policy = await a_policy(api)
    for path in ("policies", "qos/policies"):
        tagged = await api.ask("PUT", f"/v2.0/{path}/{policy['id']}/tags", {"tags": [path[:3]]}, who="admin")
        assert (tagged.status, tagged.body["tags"]) == (200, [path[:3]])
    assert len((await api.ask("GET", "/v2.0/qos/policies?tags=qos")).body["policies"]) == 1


async def test_gateways_and_floating_ips_follow_policies(api: NetworkApi) -> None:
    slow, marked = await a_policy(api), await a_policy(api)
    for policy, direction in ((slow, "egress"), (slow, "ingress"), (marked, "egress")):
        assert (await add_rule(api, policy, "bandwidth_limit", **LIMIT, direction=direction)).status == 201
    external = {"router:external": True, "qos_policy_id": marked["id"]}
    outside = await api.make("network", who="admin", **external)
    await api.make("subnet", who="admin", network_id=outside["id"], ip_version=4, cidr="150.25.12.0/24")
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    leads = {"network_id": outside["id"], "qos_policy_id": slow["id"]}
    router = await api.make("router", external_gateway_info=leads)
    assert router["external_gateway_info"]["qos_policy_id"] == slow["id"]
    path = f"/v2.0/routers/{router['id']}/add_router_interface"
    assert (await api.ask("PUT", path, {"subnet_id": subnet["id"]})).status == 200
    (gateway,) = await api.find(f"ports?network_id={outside['id']}&device_owner=network:router_gateway", who="admin")
    limit = {"rate": 3000, "burst": 300}
    of_gateway = [(f'{side} == "{gateway["id"]}"', limit, {}) for side in ("inport", "outport")]
    assert await rows(api) == of_gateway

    port = await api.make("port", network_id=network["id"])
    floating_ip = await api.make("floatingip", floating_network_id=outside["id"], port_id=port["id"])
    assert (floating_ip["qos_policy_id"], floating_ip["qos_network_policy_id"]) == (None, marked["id"])
    address, here = floating_ip["floating_ip_address"], f'is_chassis_resident("cr-lrp-{gateway["id"]}")'
    leaving = (f'inport == "{gateway["id"]}" && ip4.src == {address} && {here}', limit, {})
    entering = (f'outport == "{gateway["id"]}" && ip4.dst == {address} && {here}', limit, {})
    assert await rows(api) == sorted([*of_gateway, leaving])
    changed = await api.change("floatingip", floating_ip["id"], qos_policy_id=slow["id"])
    assert changed["qos_policy_id"] == slow["id"]
    assert await rows(api) == sorted([*of_gateway, leaving, entering])
    await api.change("network", outside["id"], who="admin", qos_policy_id=None)
    await api.change("router", router["id"], external_gateway_info={**leads, "qos_policy_id": None})
    assert await rows(api) == sorted([leaving, entering])
    await api.change("floatingip", floating_ip["id"], port_id=None)
    assert await rows(api) == []
    hidden = await a_policy(api, shared=False)
    for method, where, body in (
        ("PUT", f"/v2.0/floatingips/{floating_ip['id']}", {"floatingip": {"qos_policy_id": hidden["id"]}}),
        (
            "PUT",
            f"/v2.0/routers/{router['id']}",
            {"router": {"external_gateway_info": {"qos_policy_id": hidden["id"]}}},
        ),
    ):
        assert (await api.ask(method, where, body)).status == 404, "threat P10"


async def test_network_that_follows_a_policy_which_goes_meanwhile_is_told_so(api: NetworkApi) -> None:
    policy = await a_policy(api, name="gold", shared=False, is_default=True, project_id="red")
    async with api.database.transaction() as conn:
        await conn.execute("DELETE FROM northbound.qos_policies WHERE id = $1", policy["id"])
        asking = asyncio.create_task(api.ask("POST", "/v2.0/networks", {"network": {}}))
        await until_somebody_waits(conn)
    answer = await asking
    assert (answer.status, answer.error["type"]) == (409, "Conflict")
    assert answer.error["message"] == f"The qos policy {policy['id']} does not exist any more (qos_policy_id)."
