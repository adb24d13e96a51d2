"""Registered limits, and the limits of projects and domains that stand in their place."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from identity.settings import IdentitySettings
from tests.identity_http import Answer, Http, by_password, on_project
from tests.tenants import PASSWORD, Cloud
from tests.wire.identity.conftest import OpenStack


class Limits:
    """Of ports of the network service; `registered` is the limit that is registered."""

    def __init__(self, cloud: Cloud, service_id: str) -> None:
        self.cloud, self.admin = cloud, cloud.admin
        self.of = {"service_id": service_id, "resource_name": "ports"}

    async def register(self, default: int = 10, **attributes: Any) -> dict[str, Any]:
        draft = {**self.of, "default_limit": default} | attributes
        made = await self.admin.must("POST", "/v3/registered_limits", {"registered_limits": [draft]})
        return made["registered_limits"][0]

    async def send(self, *drafts: dict[str, Any]) -> Answer:
        return await self.admin.send("POST", "/v3/limits", {"limits": [{**self.of, **draft} for draft in drafts]})

    async def set(self, limit_id: str, value: int) -> Answer:
        return await self.admin.send("PATCH", f"/v3/limits/{limit_id}", {"limit": {"resource_limit": value}})

    def project(self, value: int, project_id: str | None = None) -> dict[str, Any]:
        return {"project_id": project_id or self.cloud.red.project_id, "resource_limit": value}

    def domain(self, value: int) -> dict[str, Any]:
        return {"domain_id": "default", "resource_limit": value}


@pytest.fixture
async def limits(cloud: Cloud) -> Limits:
    service = (await cloud.admin.must("GET", "/v3/services?type=network"))["services"][0]["id"]
    return Limits(cloud, service)


def said(answer: Answer) -> str:
    return answer.body["error"]["message"]


async def test_registered_limits_are_created_together_or_not_at_all(limits: Limits) -> None:
    admin, path = limits.admin, "/v3/registered_limits"
    everywhere = {**limits.of, "default_limit": 10, "description": "ports of a project"}
    here = {**limits.of, "default_limit": -1, "region_id": "RegionOne"}
    made = (await admin.must("POST", path, {"registered_limits": [everywhere, here]}))["registered_limits"]
    assert made[0] == {
        **everywhere,
        "id": made[0]["id"],
        "region_id": None,
        "links": {"self": f"{admin.server.url}{path}/{made[0]['id']}"},
    }
    other = {**here, "resource_name": "routers"}
    again = await admin.send("POST", path, {"registered_limits": [other, here]})
    assert (again.status, "Duplicate" in said(again)) == (409, True)
    assert len((await admin.must("GET", path))["registered_limits"]) == 2
    for query, count in (("region_id=RegionOne", 1), ("resource_name=ports", 2), ("service_id=x", 0)):
        assert len((await admin.must("GET", f"{path}?{query}"))["registered_limits"]) == count
    assert (await limits.cloud.red.http.must("GET", f"{path}/{made[1]['id']}"))["registered_limit"] == made[1]
    changes = {"registered_limit": {"default_limit": 3, "resource_name": "nets"}}
    changed = (await admin.must("PATCH", f"{path}/{made[0]['id']}", changes))["registered_limit"]
    assert changed == made[0] | changes["registered_limit"]
    assert (await admin.send("DELETE", f"/v3/services/{limits.of['service_id']}")).status == 403
    assert (await admin.send("DELETE", f"{path}/{made[0]['id']}")).status == 204
    assert (await admin.get(f"{path}/{made[0]['id']}")).status == 404


async def test_limit_needs_a_registered_one_which_then_stays_as_it_is(limits: Limits) -> None:
    refused = await limits.send(limits.project(5))
    assert (refused.status, said(refused)) == (
        400,
        "Unable to create a limit that has no corresponding registered limit.",
    )
    registered = f"/v3/registered_limits/{(await limits.register())['id']}"
    made = await limits.send(limits.project(5), limits.domain(20))
    assert made.status == 201
    project, domain = made.body["limits"]
    assert (project["project_id"], project["domain_id"], project["resource_limit"]) == (
        limits.cloud.red.project_id,
        None,
        5,
    )
    assert (domain["project_id"], domain["domain_id"], domain["resource_name"]) == (None, "default", "ports")
    assert (await limits.send(limits.project(6))).status == 409
    for method, body in (("PATCH", {"registered_limit": {"default_limit": 11}}), ("DELETE", None)):
        refused = await limits.admin.send(method, registered, body)
        assert (refused.status, "project limits associated with it" in said(refused)) == (403, True)
    changed = await limits.admin.must("PATCH", f"/v3/limits/{project['id']}", {"limit": {"description": "few"}})
    assert changed["limit"] == project | {"description": "few"}
    assert (await limits.set(project["id"], 99)).status == 200
    for limit in (project, domain):
        assert (await limits.admin.send("DELETE", f"/v3/limits/{limit['id']}")).status == 204
    assert (await limits.admin.get(f"/v3/limits/{project['id']}")).status == 404
    assert (await limits.admin.send("DELETE", registered)).status == 204


async def test_domain_named_as_a_project_gets_a_limit_of_its_own(limits: Limits) -> None:
    await limits.register()
    (limit,) = (await limits.send(limits.project(5, "default"))).body["limits"]
    assert (limit["project_id"], limit["domain_id"]) == (None, "default")


async def test_threat_k8_lists_show_the_limits_of_ones_own_project_or_domain_alone(limits: Limits) -> None:
    cloud = limits.cloud
    await limits.register()
    made = await limits.send(limits.project(1), limits.project(2, cloud.blue.project_id), limits.domain(3))
    red, blue, domain = (limit["id"] for limit in made.body["limits"])
    grant = f"/v3/domains/default/users/{cloud.red.user_id}/roles/{cloud.roles['reader']}"
    await cloud.admin.must("PUT", grant)
    in_domain = cloud.admin.bearing(
        await cloud.admin.token_of(by_password("rose", PASSWORD, {"domain": {"id": "default"}}))
    )
    unscoped = cloud.admin.bearing(await cloud.admin.token_of(by_password("rose", PASSWORD, "unscoped")))
    agent = by_password("agent-host1", cloud.admin.server.agent_password, on_project("service"))
    service = cloud.admin.bearing(await cloud.admin.token_of(agent))
    for http, seen in (
        (cloud.red.http, {red}),
        (cloud.blue.http, {blue}),
        (unscoped, set()),
        (in_domain, {red, blue, domain}),
        (cloud.admin, {red, blue, domain}),
        (service, {red, blue, domain}),
    ):
        assert {limit["id"] for limit in (await http.must("GET", "/v3/limits"))["limits"]} == seen
        for limit_id in (red, blue, domain):
            assert (await http.get(f"/v3/limits/{limit_id}")).status == (200 if limit_id in seen else 404)
    query = f"/v3/limits?project_id={cloud.blue.project_id}"
    assert (await cloud.red.http.must("GET", query))["limits"] == []
    assert [limit["id"] for limit in (await cloud.admin.must("GET", query))["limits"]] == [blue]
    assert (await cloud.red.http.must("GET", "/v3/limits/model"))["model"]["name"] == "flat"


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"resource_limit": -2}, "resource_limit"),
        ({"resource_limit": "5"}, "resource_limit"),
        ({"resource_limit": 2**31}, "resource_limit"),
        ({"domain_id": "default"}, "domain_id"),
        ({"project_id": None}, "project_id"),
        ({"project_id": "0" * 32}, "project_id"),
        ({"colour": "blue"}, "colour"),
    ],
    ids=str,
)
async def test_bad_limit_is_refused_by_the_name_of_its_attribute(
    limits: Limits, attributes: dict[str, Any], named: str
) -> None:
    await limits.register()
    refused = await limits.send(limits.project(1) | attributes)
    assert (refused.status, named in said(refused)) == (400, True)


class TestStrictTwoLevel:
    @pytest.fixture
    def identity_settings(self, identity_settings: IdentitySettings) -> IdentitySettings:
        return replace(identity_settings, limit_model="strict_two_level")

    async def test_project_never_has_more_than_its_domain(self, limits: Limits, admin: Http) -> None:
        assert (await admin.must("GET", "/v3/limits/model"))["model"]["name"] == "strict_two_level"
        await limits.register(10)
        for value in (11, -1):
            refused = await limits.send(limits.project(value))
            assert (refused.status, "Invalid resource limit" in said(refused)) == (403, True)
        assert (await admin.must("GET", "/v3/limits"))["limits"] == []
        together = await limits.send(limits.project(15), limits.domain(20))
        assert together.status == 201
        project, domain = (limit["id"] for limit in together.body["limits"])
        assert (await limits.set(project, 21)).status == 403
        assert (await limits.set(project, 20)).status == 200
        assert (await limits.set(domain, 19)).status == 403
        assert (await limits.set(domain, -1)).status == 200
        assert (await limits.set(project, 1000)).status == 200
        assert (await limits.set(domain, 0)).status == 403
        assert (await admin.send("DELETE", f"/v3/limits/{domain}")).status == 403
        assert (await limits.set(project, 10)).status == 200
        assert (await admin.send("DELETE", f"/v3/limits/{domain}")).status == 204
        assert (await limits.send(limits.domain(9))).status == 403

    async def test_no_race_leaves_a_project_above_its_domain(self, limits: Limits, admin: Http) -> None:
        await limits.register(10)
        made = await limits.send(limits.project(5), limits.domain(10))
        project, domain = (limit["id"] for limit in made.body["limits"])
        for _ in range(5):
            assert (await limits.set(domain, 10)).status == (await limits.set(project, 5)).status == 200
            answers = await asyncio.gather(limits.set(project, 10), limits.set(domain, 5))
            assert sorted(answer.status for answer in answers) == [200, 403]
            await limits.set(project, 5)

    async def test_projects_stand_directly_below_their_domain(self, limits: Limits, admin: Http) -> None:
        below = {"name": "below", "parent_id": limits.cloud.red.project_id}
        refused = await admin.send("POST", "/v3/projects", {"project": below})
        assert (refused.status, "hierarchy depth" in said(refused)) == (403, True)


async def test_official_client_registers_and_sets_limits(openstack: OpenStack) -> None:
    register = [
        "registered",
        "limit",
        "create",
        "--service",
        "neutron",
        "--default-limit",
        "10",
        "--region",
        "RegionOne",
    ]
    registered = (await openstack(*register, "ports", "-f", "value", "-c", "id")).out
    await openstack("registered", "limit", "set", "--default-limit", "12", registered)
    shown = json.loads((await openstack("registered", "limit", "show", registered, "-f", "json")).out)
    assert (shown["default_limit"], shown["region_id"]) == (12, "RegionOne")
    assert registered in (await openstack("registered", "limit", "list", "-f", "value", "-c", "ID")).words
    place = ["--project", "admin", "--service", "neutron", "--region", "RegionOne", "--resource-limit", "7"]
    limit = (await openstack("limit", "create", *place, "ports", "-f", "value", "-c", "id")).out
    await openstack("limit", "set", "--resource-limit", "8", limit)
    shown = json.loads((await openstack("limit", "show", limit, "-f", "json")).out)
    assert (shown["resource_limit"], shown["resource_name"]) == (8, "ports")
    assert limit in (await openstack("limit", "list", "--project", "admin", "-f", "value", "-c", "ID")).words
    await openstack("limit", "delete", limit)
    await openstack("registered", "limit", "delete", registered)
