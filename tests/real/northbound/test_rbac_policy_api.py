"""RBAC policies over HTTP: who sees and uses what was shared, and what keeps a grant from being withdrawn.

alice is of project red, bob of blue; the admin's own project is another one.
"""

import asyncio
from typing import Any

import pytest

from northbound.rbac_policies.kinds import KINDS
from northbound.sharing import store as sharing
from tests.real.northbound.api import Answer, NetworkApi
from tests.real.northbound.networking import until_somebody_waits

pytestmark = pytest.mark.real
POLICIES = "/v2.0/rbac-policies"


def grant(kind: str, object_id: str, target: str = "blue", action: str = "access_as_shared") -> dict[str, Any]:
    return {"object_type": kind, "object_id": object_id, "action": action, "target_tenant": target}


async def share(api: NetworkApi, kind: str, object_id: str, target: str = "blue", **said: Any) -> dict[str, Any]:
    return await api.make("rbac_policy", **grant(kind, object_id, target, **said))


async def withdraw(api: NetworkApi, policy: dict[str, Any]) -> Answer:
    return await api.ask("DELETE", f"{POLICIES}/{policy['id']}")


async def test_threat_n3_network_of_anothers_is_seen_and_used_by_its_grant_alone(api: NetworkApi) -> None:
    subnet = await api.make("subnet", network_id=(await api.make("network"))["id"], ip_version=4, cidr="10.50.0.0/24")
    network = await api.show("network", subnet["network_id"])
    paths = (f"/v2.0/networks/{network['id']}", f"/v2.0/subnets/{subnet['id']}")
    body = {"port": {"network_id": network["id"]}}
    assert [(await api.ask("GET", path, who="bob")).status for path in paths] == [404, 404]
    assert (await api.ask("POST", "/v2.0/ports", body, who="bob")).status == 404

    policy = await share(api, "network", network["id"])
    assert [(await api.ask("GET", path, who="bob")).status for path in paths] == [200, 200]
    assert (await api.show("network", network["id"], who="bob"))["shared"] is True
    assert [found["id"] for found in await api.find("networks?shared=true", who="bob")] == [network["id"]]
    assert await api.find("networks?shared=false", who="bob") == []
    mine = await api.show("network", network["id"])
    assert (mine["shared"], mine["revision_number"]) == (False, network["revision_number"] + 1)
    port = await api.make("port", who="bob", network_id=network["id"])
    assert [found["id"] for found in await api.find(f"ports?id={port['id']}")] == [port["id"]]

    refused = await withdraw(api, policy)
    assert (refused.status, refused.error["type"]) == (409, "RbacPolicyInUse")
    await api.remove("port", port["id"])
    assert (await withdraw(api, policy)).status == 204
    assert [(await api.ask("GET", path, who="bob")).status for path in paths] == [404, 404]


async def test_policy_is_the_grantors_to_see_and_its_object_the_owners_to_share(api: NetworkApi) -> None:
    network = await api.make("network")
    policy = await share(api, "network", network["id"])
    assert policy == {
        **grant("network", network["id"]),
        "id": policy["id"],
        "project_id": "red",
        "tenant_id": "red",
    }
    assert await api.find("rbac-policies?target_tenant=blue&object_type=network") == [policy]
    assert await api.find("rbac-policies", who="bob") == []
    assert (await api.ask("GET", f"{POLICIES}/{policy['id']}", who="bob")).status == 404
    for kind, object_id, status in (("network", network["id"], 400), ("network", policy["id"], 404)):
        refused = await api.ask("POST", POLICIES, {"rbac_policy": grant(kind, object_id, "grey")}, who="bob")
        assert refused.status == status, refused.body
    twice = await api.ask("POST", POLICIES, {"rbac_policy": grant("network", network["id"])})
    assert (twice.status, twice.error["type"]) == (409, "DuplicateRbacPolicy")
    changed = await api.change("rbac_policy", policy["id"], target_tenant="grey")
    assert changed == policy | {"target_tenant": "grey"}
    await api.remove("network", network["id"])
    assert await api.find("rbac-policies") == []
    details = await api.ask("GET", "/v2.0/quotas/red/details", who="admin")
    assert details.body["quota"]["rbac_policy"]["used"] == 0


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("object_type", {"object_type": "subnet"}),
        ("action", {"action": "access_as_owner"}),
        ("target_tenant", {"target_tenant": None}),
        ("target_tenant", {"target_tenant": "x" * 65}),
        ("target_tenant", {"target_project": "grey"}),
        ("object_id", {"object_id": "mine"}),
    ],
)
async def test_bad_policy_is_refused_by_name(api: NetworkApi, attribute: str, said: dict[str, Any]) -> None:
    network = await api.make("network")
    refused = await api.ask("POST", POLICIES, {"rbac_policy": grant("network", network["id"]) | said})
    assert refused.status == 400
    assert attribute in refused.error["message"]


@pytest.mark.parametrize("action", ["access_as_shared", "access_as_external"])
@pytest.mark.parametrize("name", ["target_tenant", "target_project"])
async def test_threat_p7_only_administrators_share_with_every_project(api: NetworkApi, name: str, action: str) -> None:
    network = await api.make("network")
    body = grant("network", network["id"], action=action)
    del body["target_tenant"]
    for wanted in ({"rbac_policy": body | {name: "*"}}, {"rbac_policies": [body | {name: "blue"}, body | {name: "*"}]}):
        assert (await api.ask("POST", POLICIES, wanted)).status == 403
    assert await api.find("rbac-policies") == []
    policy = await api.make("rbac_policy", **body | {name: "blue"})
    refused = await api.ask("PUT", f"{POLICIES}/{policy['id']}", {"rbac_policy": {name: "*"}})
    assert refused.status == 403
    assert (await api.change("rbac_policy", policy["id"], who="admin", **{name: "*"}))["target_tenant"] == "*"


async def test_external_network_is_external_for_whom_it_was_granted(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24", enable_dhcp=False)
    everyone = await api.make("rbac_policy", who="admin", **grant("network", network["id"], "*", "access_as_external"))
    assert (await api.show("network", network["id"]))["router:external"] is True
    (switch,) = await api.ovn.wait_rows("NB", "Logical_Switch", 1)
    assert ["broadcast-arps-to-all-routers", "true"] in switch["other_config"][1]
    router = await api.make("router", who="bob", external_gateway_info={"network_id": network["id"]})
    assert (await api.ask("POST", "/v2.0/ports", {"port": {"network_id": network["id"]}}, who="bob")).status == 403

    path = f"{POLICIES}/{everyone['id']}"
    assert (await api.ask("DELETE", path, who="admin")).error["type"] == "RbacPolicyInUse"
    blue = await share(api, "network", network["id"], action="access_as_external")
    assert (await api.ask("DELETE", path, who="admin")).status == 204
    assert (await api.show("network", network["id"], who="bob"))["router:external"] is True
    assert (await withdraw(api, blue)).status == 409
    await api.remove("router", router["id"], who="bob")
    assert (await withdraw(api, blue)).status == 204
    assert (await api.show("network", network["id"]))["router:external"] is False
    body = {"router": {"external_gateway_info": {"network_id": network["id"]}}}
    assert (await api.ask("POST", "/v2.0/routers", body, who="bob")).status == 404


async def test_who_sees_a_network_as_shared_alone_has_no_gateway_there(api: NetworkApi) -> None:
    network = await api.make("network")
    await share(api, "network", network["id"])
    await share(api, "network", network["id"], "grey", action="access_as_external")
    assert (await api.show("network", network["id"], who="bob"))["router:external"] is False
    for path, body in (
        ("/v2.0/routers", {"router": {"external_gateway_info": {"network_id": network["id"]}}}),
        ("/v2.0/floatingips", {"floatingip": {"floating_network_id": network["id"]}}),
    ):
        refused = await api.ask("POST", path, body, who="bob")
        assert (refused.status, "external" in refused.error["message"]) == (400, True), refused.body


async def test_threat_p10_security_group_of_anothers_filters_ports_while_it_is_shared(api: NetworkApi) -> None:
    group = await api.make("security_group", name="common")
    network = await api.make("network", who="bob")
    path, body = f"/v2.0/security-groups/{group['id']}", {"port": {"network_id": network["id"]}}
    body["port"]["security_groups"] = [group["id"]]
    assert (await api.ask("GET", path, who="bob")).status == 404
    assert (await api.ask("POST", "/v2.0/ports", body, who="bob")).status == 404

    policy = await share(api, "security_group", group["id"])
    assert (await api.show("security_group", group["id"], who="bob"))["shared"] is True
    rules = await api.find(f"security-group-rules?security_group_id={group['id']}", who="bob")
    assert len(rules) == len(group["security_group_rules"]) == 2
    rule = {"security_group_id": group["id"], "direction": "ingress"}
    for method, where, said in (
        ("PUT", path, {"security_group": {"name": "mine"}}),
        ("DELETE", path, None),
        ("POST", "/v2.0/security-group-rules", {"security_group_rule": rule}),
        ("DELETE", f"/v2.0/security-group-rules/{rules[0]['id']}", None),
    ):
        assert (await api.ask(method, where, said, who="bob")).status == 403
    port = await api.make("port", who="bob", **body["port"])
    own = await api.make("security_group", who="bob", name="own")
    assert (await withdraw(api, policy)).status == 409
    await api.remove("port", port["id"], who="bob")
    said = {"security_group_id": own["id"], "direction": "ingress", "remote_group_id": group["id"]}
    naming = await api.make("security_group_rule", who="bob", **said)
    assert (await withdraw(api, policy)).status == 409
    await api.remove("security_group_rule", naming["id"], who="bob")
    assert (await withdraw(api, policy)).status == 204
    assert (await api.ask("POST", "/v2.0/ports", body, who="bob")).status == 404


async def test_threat_p6_guest_of_a_shared_network_changes_nothing_but_their_own_port(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    theirs = await api.make("port", network_id=network["id"])
    await share(api, "network", network["id"])
    own = await api.make("port", who="bob", network_id=network["id"], name="own")
    before = await api.dump()
    place = {"network_id": network["id"]}
    for method, path, body, status in (
        ("PUT", f"/v2.0/networks/{network['id']}", {"network": {"name": "x"}}, 403),
        ("DELETE", f"/v2.0/networks/{network['id']}", None, 403),
        ("PUT", f"/v2.0/networks/{network['id']}/tags", {"tags": ["x"]}, 403),
        ("POST", "/v2.0/subnets", {"subnet": {**place, "ip_version": 4, "cidr": "10.60.0.0/24"}}, 403),
        ("PUT", f"/v2.0/subnets/{subnet['id']}", {"subnet": {"name": "x"}}, 403),
        ("DELETE", f"/v2.0/subnets/{subnet['id']}", None, 403),
        ("PUT", f"/v2.0/ports/{theirs['id']}", {"port": {"name": "x"}}, 404),
        ("DELETE", f"/v2.0/ports/{theirs['id']}", None, 404),
        ("POST", POLICIES, {"rbac_policy": grant("network", network["id"], "grey")}, 400),
        *(
            ("PUT", f"/v2.0/ports/{own['id']}", {"port": said}, 403)
            for said in (
                {"device_owner": "network:dhcp"},
                {"mac_address": "fa:16:3e:00:00:99"},
                {"fixed_ips": [{"ip_address": "10.50.0.77"}]},
                {"port_security_enabled": False},
                {"allowed_address_pairs": [{"ip_address": "10.50.0.77"}]},
            )
        ),
    ):
        assert (await api.ask(method, path, body, who="bob")).status == status, (method, path, body)
    assert await api.dump() == before
    await api.change("port", own["id"], who="bob", name="renamed")


async def test_threat_p14_grant_and_use_wait_for_each_other(api: NetworkApi) -> None:
    """Withdrawn while a port is asked for: there is no port. Used while it is withdrawn: it stays."""
    network = await api.make("network")
    await api.make("network", who="bob")
    policy = await share(api, "network", network["id"])
    body = {"port": {"network_id": network["id"]}}
    async with api.database.transaction() as conn:
        await sharing.lock_object(conn, KINDS["network"], network["id"], None)
        await conn.execute("DELETE FROM northbound.rbac_policies WHERE id = $1", policy["id"])
        asking = asyncio.create_task(api.ask("POST", "/v2.0/ports", body, who="bob"))
        await until_somebody_waits(conn)
    assert (await asking).status == 404
    await share(api, "network", network["id"])
    async with asyncio.TaskGroup() as tasks:
        (policy,) = await api.find("rbac-policies")
        asked = [tasks.create_task(api.ask("POST", "/v2.0/ports", body, who="bob")) for _ in range(10)]
        gone = tasks.create_task(withdraw(api, policy))
    made = [task for task in asked if task.result().status == 201]
    assert len(made) == 0 or gone.result().status == 409, "never a foreign port without a grant"
    assert bool(await api.find("rbac-policies")) == (gone.result().status == 409)


async def test_threat_q1_grants_are_counted_exactly(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"rbac_policy": 3}}, who="admin")
    bodies = [{"rbac_policy": grant("network", network["id"], f"project{number}")} for number in range(12)]
    answers = await asyncio.gather(*(api.ask("POST", POLICIES, body) for body in bodies))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [409] * 9
    assert {answer.error["type"] for answer in answers if answer.status == 409} == {"OverQuota"}
