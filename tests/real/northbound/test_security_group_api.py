"""Security groups and rules from the HTTP request to the ACLs of OVN."""

from typing import Any

import pytest

from southbound import names
from tests.real.northbound.api import Answer, NetworkApi

pytestmark = pytest.mark.real


async def make_rule(api: NetworkApi, group: dict[str, Any], **said: Any) -> dict[str, Any]:
    return await api.make("security_group_rule", security_group_id=group["id"], **{"direction": "ingress", **said})


async def ask_rule(api: NetworkApi, group_id: str, *, who: str = "alice", **said: Any) -> Answer:
    rule = {"security_group_id": group_id, "direction": "ingress", **said}
    return await api.ask("POST", "/v2.0/security-group-rules", {"security_group_rule": rule}, who=who)


async def acl(api: NetworkApi, rule_id: str) -> dict[str, Any] | None:
    rows = await api.ovn.northbound.rows("ACL")
    return next((row for row in rows if row["_uuid"][1] == names.acl_uuid(rule_id)), None)


async def test_group_becomes_a_port_group_and_its_rules_acls(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web", description="servers")
    assert {(rule["direction"], rule["ethertype"]) for rule in group["security_group_rules"]} == {
        ("egress", "IPv4"),
        ("egress", "IPv6"),
    }
    assert (group["stateful"], group["tags"], group["revision_number"]) == (True, [], 1)
    (row,) = await api.ovn.wait_rows("NB", "Port_Group", 1, name=names.port_group_name(group["id"]))
    assert len(row["acls"][1]) == 2
    rule = await make_rule(api, group, protocol="tcp", port_range_min=22, port_range_max=22)
    assert (rule["ethertype"], rule["protocol"], rule["remote_ip_prefix"]) == ("IPv4", "tcp", None)
    found = await acl(api, rule["id"])
    assert found is not None
    assert found["match"] == f"outport == @{names.port_group_name(group['id'])} && ip4 && tcp && tcp.dst == 22"
    assert (found["direction"], found["action"], found["priority"]) == ("to-lport", "allow-related", 1002)
    assert (await api.show("security_group", group["id"]))["revision_number"] == 2


async def test_threat_n7_deleted_rule_takes_its_acl_along(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    rule = await make_rule(api, group, protocol="icmp")
    await api.remove("security_group_rule", rule["id"])
    assert await acl(api, rule["id"]) is None
    assert (await api.ask("GET", f"/v2.0/security-group-rules/{rule['id']}")).error["type"] == (
        "SecurityGroupRuleNotFound"
    )


async def test_project_finds_its_default_group_when_it_looks_for_the_first_time(api: NetworkApi) -> None:
    (group,) = await api.find("security-groups")
    assert (group["name"], len(group["security_group_rules"])) == ("default", 4)
    remote = names.remote_group_set_name(group["id"], 4)
    own = next(r for r in group["security_group_rules"] if r["direction"] == "ingress" and r["ethertype"] == "IPv4")
    found = await acl(api, own["id"])
    assert found is not None and found["match"].endswith(f"&& ip4 && ip4.src == ${remote}")
    for method, body, kind in (
        ("DELETE", None, "SecurityGroupCannotRemoveDefault"),
        ("PUT", {"security_group": {"name": "other"}}, "SecurityGroupCannotUpdateDefault"),
    ):
        answer = await api.ask(method, f"/v2.0/security-groups/{group['id']}", body)
        assert (answer.status, answer.error["type"]) == (409, kind)
    answer = await api.ask("POST", "/v2.0/security-groups", {"security_group": {"name": "default"}})
    assert (answer.status, answer.error["type"]) == (409, "SecurityGroupDefaultAlreadyExists")


async def test_default_group_of_a_project_that_is_gone_can_be_deleted_by_an_administrator(api: NetworkApi) -> None:
    (group,) = await api.find("security-groups")
    await api.remove("security_group", group["id"], who="admin")
    assert (await api.ask("GET", f"/v2.0/security-groups/{group['id']}")).status == 404
    (again,) = await api.find("security-groups")
    assert (again["name"], again["id"] != group["id"]) == ("default", True)


async def test_prefix_is_normalised_and_one_address_is_a_prefix(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    wide = await make_rule(api, group, remote_ip_prefix="10.1.2.3/8")
    one = await make_rule(api, group, remote_ip_prefix="192.0.2.7")
    assert (wide["remote_ip_prefix"], wide["normalized_cidr"]) == ("10.1.2.3/8", "10.0.0.0/8")
    assert one["remote_ip_prefix"] == "192.0.2.7/32"


async def test_twenty_rules_come_in_one_request(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    rules = [
        {
            "security_group_id": group["id"],
            "direction": "ingress",
            "protocol": "tcp",
            "port_range_min": port,
            "port_range_max": port,
        }
        for port in range(1000, 1020)
    ]
    answer = await api.ask("POST", "/v2.0/security-group-rules", {"security_group_rules": rules})
    assert answer.status == 201
    assert [rule["port_range_min"] for rule in answer.body["security_group_rules"]] == list(range(1000, 1020))
    (row,) = await api.ovn.wait_rows("NB", "Port_Group", 1, name=names.port_group_name(group["id"]))
    assert len(row["acls"][1]) == 22


async def test_stateless_group_permits_without_conntrack_until_it_is_used(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    rule = await make_rule(api, group, protocol="udp")
    await api.change("security_group", group["id"], stateful=False)
    found = await acl(api, rule["id"])
    assert found is not None and found["action"] == "allow-stateless"
    network = await api.make("network")
    await api.make("port", network_id=network["id"], security_groups=[group["id"]])
    answer = await api.ask("PUT", f"/v2.0/security-groups/{group['id']}", {"security_group": {"stateful": True}})
    assert (answer.status, answer.error["type"]) == (409, "SecurityGroupInUse")
    answer = await api.ask("DELETE", f"/v2.0/security-groups/{group['id']}")
    assert (answer.status, answer.error["type"]) == (409, "SecurityGroupInUse")


async def test_port_is_in_groups_of_one_kind_and_in_each_once(api: NetworkApi) -> None:
    stateful, stateless = [await api.make("security_group", name="g", stateful=kind) for kind in (True, False)]
    network = await api.make("network")
    both = [stateful["id"], stateless["id"]]
    port = await api.make("port", network_id=network["id"], security_groups=both[:1])
    for groups, status, kind in ((both, 409, "SecurityGroupConflict"), (both[:1] * 2, 400, "InvalidInput")):
        body = {"port": {"network_id": network["id"], "security_groups": groups}}
        made = await api.ask("POST", "/v2.0/ports", body)
        changed = await api.ask("PUT", f"/v2.0/ports/{port['id']}", {"port": {"security_groups": groups}})
        assert (made.status, changed.status) == (status, status)
        assert made.error["type"] == changed.error["type"] == kind
    await api.change("port", port["id"], security_groups=both[1:])


async def test_rule_of_an_administrator_is_in_the_group_and_in_his_quota(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    said = {"security_group_id": group["id"], "direction": "ingress", "project_id": "admin-project"}
    rule = await api.make("security_group_rule", who="admin", **said)
    assert rule["id"] in {
        shown["id"] for shown in (await api.show("security_group", group["id"]))["security_group_rules"]
    }
    details = await api.ask("GET", "/v2.0/quotas/admin-project/details", who="admin")
    assert details.body["quota"]["security_group_rule"]["used"] == 1
    assert (await api.ask("DELETE", f"/v2.0/security-group-rules/{rule['id']}")).status == 403
    await api.remove("security_group", group["id"])
    details = await api.ask("GET", "/v2.0/quotas/admin-project/details", who="admin")
    assert details.body["quota"]["security_group_rule"]["used"] == 0


async def test_no_other_group_is_called_default(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    answer = await api.ask("PUT", f"/v2.0/security-groups/{group['id']}", {"security_group": {"name": "default"}})
    assert (answer.status, answer.error["type"]) == (409, "SecurityGroupCannotUpdateDefault")


REFUSED = [
    ({"protocol": "tcpp"}, 400, "SecurityGroupRuleInvalidProtocol"),
    ({"remote_ip_prefix": "10.0.0.300/8"}, 400, "remote_ip_prefix"),
    ({"remote_ip_prefix": "010.0.0.1/8"}, 400, "remote_ip_prefix"),
    ({"remote_ip_prefix": "fe80::1%eth0"}, 400, "remote_ip_prefix"),
    ({"remote_address_group_id": "11111111-1111-4111-8111-111111111111"}, 404, "Address group"),
    ({"remote_group_id": "11111111-1111-4111-8111-111111111111"}, 404, "SecurityGroupNotFound"),
    ({"remote_group_id": "bad_group_id"}, 404, "SecurityGroupNotFound"),
    ({"protocol": 43}, 400, "SecurityGroupEthertypeConflictWithProtocol"),
    ({"direction": "inward"}, 400, "direction"),
    ({"port_range_min": 1.5}, 400, "port_range_min"),
    ({"ports": 22}, 400, "ports"),
    ({"description": "x" * 256}, 400, "description"),
    ({"project_id": "somebody"}, 400, "project_id"),
]


@pytest.mark.parametrize(("said", "status", "words"), REFUSED, ids=[str(said)[:60] for said, *_ in REFUSED])
async def test_refused_rule_names_what_is_wrong_and_changes_nothing(
    api: NetworkApi, said: dict, status: int, words: str
) -> None:
    group = await api.make("security_group", name="web")
    before = await api.dump()
    answer = await ask_rule(api, group["id"], **said)
    assert answer.status == status, answer.body
    assert words in f"{answer.error['type']} {answer.error['message']}"
    assert await api.dump() == before


async def test_same_rule_again_is_a_conflict_that_names_the_first(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    first = await make_rule(api, group, protocol="tcp", port_range_min=80, port_range_max=80)
    answer = await ask_rule(api, group["id"], protocol="6", port_range_min="80", port_range_max="80")
    assert (answer.status, answer.error["type"]) == (409, "SecurityGroupRuleExists")
    assert first["id"] in answer.error["message"]


async def test_stranger_finds_nothing(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    rule = await make_rule(api, group, protocol="tcp")
    nowhere = "11111111-1111-4111-8111-111111111111"
    for noun, resource_id in (("security-group", group["id"]), ("security-group-rule", rule["id"])):
        for method in ("GET", "DELETE"):
            hidden = await api.ask(method, f"/v2.0/{noun}s/{resource_id}", who="bob")
            absent = await api.ask(method, f"/v2.0/{noun}s/{nowhere}", who="bob")
            assert hidden.status == absent.status == 404
            assert hidden.error["message"].replace(resource_id, nowhere) == absent.error["message"]
    assert (await ask_rule(api, group["id"], who="bob")).error["type"] == "SecurityGroupNotFound"
    own = await api.make("security_group", name="mine", who="bob")
    assert (await ask_rule(api, own["id"], who="bob", remote_group_id=group["id"])).status == 404
    assert [
        found["id"] for found in await api.find("security-group-rules", who="bob") if found["id"] == rule["id"]
    ] == []


async def test_lists_filter_by_name_tag_and_group(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    await api.ask("PUT", f"/v2.0/security-groups/{group['id']}/tags", {"tags": ["blue"]})
    assert [found["id"] for found in await api.find("security-groups?tags=blue")] == [group["id"]]
    assert [found["id"] for found in await api.find("security-groups?name=web")] == [group["id"]]
    rules = await api.find(f"security-group-rules?security_group_id={group['id']}&direction=egress")
    assert len(rules) == 2


async def test_threat_n6_asking_for_the_groups_of_others_makes_none(api: NetworkApi) -> None:
    own = await api.find("security-groups", who="admin")
    for number in range(20):
        assert await api.find(f"security-groups?project_id=nobody-{number}", who="admin") == []
    assert await api.find("security-groups", who="admin") == own
