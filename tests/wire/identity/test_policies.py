"""Policies that are kept for services, and which endpoint each is for (OS-ENDPOINT-POLICY)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.identity_http import Http
from tests.wire.identity.conftest import OpenStack


async def make(admin: Http, noun: str, plural: str, **attributes: Any) -> str:
    return (await admin.must("POST", f"/v3/{plural}", {noun: attributes}))[noun]["id"]


async def test_policy_is_kept_as_it_was_written(admin: Http) -> None:
    sent = {"blob": '{"rule": "role:admin"}', "type": "application/json", "colour": "blue"}
    made = (await admin.must("POST", "/v3/policies", {"policy": sent}))["policy"]
    path = f"/v3/policies/{made['id']}"
    assert made == {**sent, "id": made["id"], "links": {"self": admin.server.url + path}}
    assert (await admin.must("GET", path))["policy"] == made
    changed = (await admin.must("PATCH", path, {"policy": {"type": "text/plain"}}))["policy"]
    assert changed == made | {"type": "text/plain"}
    assert (await admin.must("GET", "/v3/policies?type=text/plain"))["policies"] == [changed]
    assert (await admin.must("GET", "/v3/policies?type=other"))["policies"] == []
    assert (await admin.send("DELETE", path)).status == 204
    assert (await admin.get(path)).status == 404


@pytest.mark.parametrize("attributes", [{"blob": 7}, {"type": ""}, {"blob": None}, {"blob": "x" * 70_000}], ids=str)
async def test_bad_policy_is_refused(admin: Http, attributes: dict[str, Any]) -> None:
    refused = await admin.send("POST", "/v3/policies", {"policy": {"blob": "x", "type": "y"} | attributes})
    assert (refused.status, min(attributes) in refused.body["error"]["message"]) == (400, True)


async def test_nearest_association_says_which_policy_is_for_an_endpoint(admin: Http) -> None:
    service = await make(admin, "service", "services", type="weather", name="w")
    for region, parent in (("land", None), ("county", "land"), ("town", "county"), ("sea", None)):
        await make(admin, "region", "regions", id=region, parent_region_id=parent)
    place = {"service_id": service, "interface": "public", "url": "http://w"}
    endpoints = {
        region: await make(admin, "endpoint", "endpoints", region_id=region, **place) for region in ("town", "sea")
    }
    policies = {
        name: await make(admin, "policy", "policies", blob=name, type="t")
        for name in ("anywhere", "land", "county", "own")
    }
    below = {name: f"/v3/policies/{policy}/OS-ENDPOINT-POLICY" for name, policy in policies.items()}
    places = {
        "anywhere": f"{below['anywhere']}/services/{service}",
        "land": f"{below['land']}/services/{service}/regions/land",
        "county": f"{below['county']}/services/{service}/regions/county",
        "own": f"{below['own']}/endpoints/{endpoints['town']}",
    }

    async def policy_of(region: str) -> Any:
        answer = await admin.get(f"/v3/endpoints/{endpoints[region]}/OS-ENDPOINT-POLICY/policy")
        return answer.body["policy"]["blob"] if answer.status == 200 else answer.status

    assert await policy_of("town") == 404
    for name, path in places.items():
        assert (await admin.get(path)).status == 404
        for _ in range(2):
            assert (await admin.send("PUT", path)).status == 204
        assert (await admin.send("HEAD", path)).status == 204
        assert await policy_of("town") == name
    assert await policy_of("sea") == "anywhere"
    for name, regions in (("anywhere", ("sea", "town")), ("land", ("town",)), ("own", ("town",))):
        listed = (await admin.must("GET", f"{below[name]}/endpoints"))["endpoints"]
        assert {endpoint["id"] for endpoint in listed} == {endpoints[region] for region in regions}
    instead = f"{below['land']}/endpoints/{endpoints['town']}"
    await admin.must("PUT", instead)
    assert await policy_of("town") == "land"
    assert (await admin.get(places["own"])).status == 404
    for path in (instead, places["county"]):
        assert (await admin.send("DELETE", path)).status == 204
        assert (await admin.send("DELETE", path)).status == 404
    await admin.must("DELETE", f"/v3/policies/{policies['land']}")
    assert await policy_of("town") == "anywhere"


async def test_official_client_keeps_shows_and_deletes_policies(openstack: OpenStack, tmp_path: Path) -> None:
    (tmp_path / "rules").write_text('{"a": "b"}')
    policy = (await openstack("policy", "create", str(tmp_path / "rules"), "-f", "value", "-c", "id")).out
    assert policy in (await openstack("policy", "list", "-f", "value", "-c", "ID")).words
    await openstack("policy", "set", "--type", "text/plain", policy)
    shown = json.loads((await openstack("policy", "show", policy, "-f", "json")).out)
    assert shown["type"] == "text/plain"
    await openstack("policy", "delete", policy)
    assert (await openstack("policy", "show", policy, must=False)).code != 0
