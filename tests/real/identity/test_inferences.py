"""Roles that imply others, and roles of single domains: what they give, and how it ends."""

from typing import Any

import pytest

from tests.identity_http import by_password, by_token, on_project
from tests.real.identity.processes import TwoProcesses
from tests.real.identity.test_groups import make, names_of_roles, on
from tests.tenants import PASSWORD, Cloud


async def test_implied_role_is_made_shown_listed_and_taken(cloud: Cloud) -> None:
    admin = cloud.admin
    florist = await make(admin, "role", "roles", name="florist")
    rule = f"/v3/roles/{florist}/implies/{cloud.roles['reader']}"
    assert (await admin.send("HEAD", rule)).status == (await admin.get(rule)).status == 404
    for _ in range(2):
        made = await admin.send("PUT", rule)
        assert (made.status, made.body["role_inference"]["implies"]["name"]) == (201, "reader")
    assert (await admin.send("HEAD", rule)).status == 204
    assert (await admin.must("GET", rule))["role_inference"]["prior_role"]["id"] == florist
    implied = (await admin.must("GET", f"/v3/roles/{florist}/implies"))["role_inference"]["implies"]
    assert [role["name"] for role in implied] == ["reader"]
    listed = (await admin.must("GET", "/v3/role_inferences"))["role_inferences"]
    assert {entry["prior_role"]["name"]: [role["name"] for role in entry["implies"]] for entry in listed} == {
        "admin": ["manager"],
        "manager": ["member"],
        "member": ["reader"],
        "florist": ["reader"],
    }
    assert (await admin.send("DELETE", rule)).status == 204
    assert (await admin.send("DELETE", rule)).status == 404


async def test_threat_K1_what_a_role_no_longer_implies_ends_in_tokens_that_are_out(
    processes: TwoProcesses,
) -> None:
    cloud = processes.cloud
    admin = cloud.admin
    boss = await make(admin, "role", "roles", name="boss")
    rule = f"/v3/roles/{boss}/implies/{cloud.roles['member']}"
    await admin.must("PUT", rule)
    await admin.must("PUT", f"/v3/projects/{cloud.blue.project_id}/users/{cloud.red.user_id}/roles/{boss}")
    token = await admin.token_of(by_token(cloud.red.http.token, on(cloud.blue.project_id)))
    assert await names_of_roles(admin, token) == {"boss", "member", "reader"}
    await admin.must("DELETE", rule)
    assert await names_of_roles(admin, token) == {"boss"}


async def test_threat_K18_nothing_implies_admin_and_no_common_role_implies_one_of_a_domain(cloud: Cloud) -> None:
    admin = cloud.admin
    local = await make(admin, "role", "roles", name="local", domain_id="default")
    for implied in (cloud.roles["admin"], local):
        refused = await admin.send("PUT", f"/v3/roles/{cloud.roles['member']}/implies/{implied}")
        assert refused.status == 403
    assert (await admin.send("PUT", f"/v3/roles/{local}/implies/{cloud.roles['reader']}")).status == 201
    shown = (await admin.must("GET", "/v3/role_inferences"))["role_inferences"]
    assert not any(role["name"] in ("admin", "local") for entry in shown for role in entry["implies"])


async def test_threat_P2_domain_role_named_admin_makes_no_administrator(cloud: Cloud) -> None:
    admin, rose = cloud.admin, cloud.red
    theirs = await make(admin, "role", "roles", name="admin", domain_id="default")
    await admin.must("PUT", f"/v3/roles/{theirs}/implies/{cloud.roles['reader']}")
    await admin.must("PUT", f"/v3/projects/{rose.project_id}/users/{rose.user_id}/roles/{theirs}")
    token = await admin.token_of(by_password("rose", PASSWORD, on_project("red")))
    assert await names_of_roles(admin, token) == {"member", "reader"}
    assert (await admin.bearing(token).get("/v3/users")).status == 403
    query = f"/v3/role_assignments?user.id={rose.user_id}&effective&include_names"
    held: list[dict[str, Any]] = (await admin.must("GET", query))["role_assignments"]
    assert {entry["role"]["name"] for entry in held} == {"member", "reader"}


@pytest.mark.parametrize("place", ["projects/{project}", "domains/default", "system"])
async def test_domain_role_is_given_in_its_own_domain_alone(cloud: Cloud, place: str) -> None:
    admin = cloud.admin
    other = await make(admin, "domain", "domains", name="other")
    foreign = await make(admin, "role", "roles", name="theirs", domain_id=other)
    grants = f"/v3/{place.format(project=cloud.red.project_id)}/users/{cloud.red.user_id}/roles"
    assert (await admin.send("PUT", f"{grants}/{foreign}")).status == 403
    own = await make(admin, "role", "roles", name="ours", domain_id="default")
    assert (await admin.send("PUT", f"{grants}/{own}")).status == (403 if place == "system" else 204)
