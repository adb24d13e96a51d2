"""Logs of security groups over HTTP, and what they make of the groups' ACLs."""

from typing import Any

import pytest

from southbound import names
from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real


async def a_log(api: NetworkApi, **said: Any) -> dict[str, Any]:
    body = {"log": {"resource_type": "security_group", **said}}
    answer = await api.ask("POST", "/v2.0/log/logs", body, who="admin")
    assert answer.status == 201, answer.body
    return answer.body["log"]


async def logged(api: NetworkApi, group_id: str) -> set[tuple[str, str]]:
    """(action, name of the log) of the group's ACLs that are logged."""
    (group,) = await api.ovn.wait_rows("NB", "Port_Group", 1, name=names.port_group_name(group_id))
    acls = [row for row in await api.ovn.northbound.rows("ACL") if row["_uuid"][1] in str(group["acls"])]
    return {(row["action"], row["name"]) for row in acls if row["log"]}


async def test_log_follows_its_switch_and_its_group(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    log = await a_log(api, resource_id=group["id"], name="audit", event="DROP", project_id="red")
    name = f"neutron-{log['id']}"
    assert (log["event"], log["enabled"], log["target_id"]) == ("DROP", True, None)
    assert await logged(api, group["id"]) == {("drop", name)}
    (meter,) = await api.ovn.northbound.rows("Meter")
    assert (meter["name"], meter["fair"]) == (names.log_meter_name(log["id"]), True)
    path = f"/v2.0/log/logs/{log['id']}"
    assert (await api.ask("PUT", path, {"log": {"enabled": False}}, who="admin")).status == 200
    assert await logged(api, group["id"]) == set()
    assert await api.ovn.northbound.rows("Meter") == []
    whole = await a_log(api, project_id="red")
    accepting = {("allow-related", f"neutron-{whole['id']}"), ("drop", f"neutron-{whole['id']}")}
    assert await logged(api, group["id"]) == accepting
    another = await api.make("security_group", name="another")
    assert await logged(api, another["id"]) == accepting, "a log of the project is of its new groups too"
    assert (await api.ask("PUT", path, {"log": {"enabled": True}}, who="admin")).status == 200
    assert ("drop", name) in await logged(api, group["id"]), "the oldest log has it"
    await api.remove("security_group", group["id"])
    assert (await api.ask("GET", path, who="admin")).status == 404
    assert [row["name"] for row in await api.ovn.northbound.rows("Meter")] == [names.log_meter_name(whole["id"])]


async def test_threat_n11_log_is_its_projects_and_never_of_others_ports(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    log = await a_log(api, resource_id=group["id"], project_id="red")
    assert [found["id"] for found in (await api.ask("GET", "/v2.0/log/logs")).body["logs"]] == [log["id"]]
    assert (await api.ask("GET", "/v2.0/log/logs", who="bob")).body["logs"] == []
    assert (await api.ask("GET", f"/v2.0/log/logs/{log['id']}", who="bob")).status == 404
    body = {"log": {"resource_type": "security_group", "resource_id": group["id"]}}
    assert (await api.ask("POST", "/v2.0/log/logs", body)).status == 403
    said = {"object_type": "security_group", "object_id": group["id"], "action": "access_as_shared"}
    policy = await api.make("rbac_policy", **said, target_tenant="blue")
    assert await logged(api, group["id"]) == set(), "others' ports may be in it now"
    await api.remove("rbac_policy", policy["id"])
    assert len(await logged(api, group["id"])) == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"resource_type": "port"}, 400),
        ({"event": "SOME"}, 400),
        ({"resource_id": "11111111-1111-4111-8111-111111111111"}, 404),
        ({"target_id": "11111111-1111-4111-8111-111111111111"}, 404),
    ],
)
async def test_bad_log_is_refused(api: NetworkApi, said: dict[str, Any], status: int) -> None:
    body = {"log": {"resource_type": "security_group", **said}}
    answer = await api.ask("POST", "/v2.0/log/logs", body, who="admin")
    assert answer.status == status
    assert next(iter(said)) in answer.error["message"] or status == 404


async def test_log_of_a_port_is_refused_with_the_way_out(api: NetworkApi) -> None:
    port = await api.make("port", network_id=(await api.make("network"))["id"])
    body = {"log": {"resource_type": "security_group", "target_id": port["id"]}}
    refused = await api.ask("POST", "/v2.0/log/logs", body, who="admin")
    assert (refused.status, "resource_id" in refused.error["message"]) == (400, True)
    found = await api.ask("GET", "/v2.0/log/loggable-resources", who="admin")
    assert found.body == {"loggable_resources": [{"type": "security_group"}]}
