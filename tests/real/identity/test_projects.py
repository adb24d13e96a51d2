"""Projects below each other, their tags, and domains in the shape of projects."""

from typing import Any

import pytest

from tests.identity_http import Http, by_password
from tests.real.identity.processes import TwoProcesses, until_refused
from tests.real.identity.test_groups import make, on
from tests.tenants import PASSWORD, Cloud


async def a_branch(admin: Http, *names: str) -> list[str]:
    """Projects of these names, each below the one before."""
    ids: list[str] = []
    for name in names:
        ids.append(await make(admin, "project", "projects", name=name, **({"parent_id": ids[-1]} if ids else {})))
    return ids


async def test_threat_K1_project_that_is_disabled_bars_all_below_it(processes: TwoProcesses) -> None:
    cloud = processes.cloud
    admin = cloud.admin
    above, child, leaf = await a_branch(admin, "above", "child", "leaf")
    for project in (child, leaf):
        await admin.must("PUT", f"/v3/projects/{project}/users/{cloud.red.user_id}/roles/{cloud.roles['member']}")
    wish = by_password("rose", PASSWORD, on(leaf))
    token = await admin.token_of(wish)
    await admin.must("PATCH", f"/v3/projects/{above}", {"project": {"enabled": False}})
    assert (await admin.bearing(token).get("/v3/auth/projects")).status == 401
    await until_refused(processes.second.bearing(token))
    assert (await processes.second.sign_in(wish)).status == 401
    own = (await cloud.red.http.must("GET", "/v3/auth/projects"))["projects"]
    assert [project["id"] for project in own] == [cloud.red.project_id]
    below = await admin.send("POST", "/v3/projects", {"project": {"name": "late", "parent_id": child}})
    assert below.status == 403
    assert (await admin.must("GET", f"/v3/projects/{leaf}"))["project"]["enabled"]
    await admin.must("PATCH", f"/v3/projects/{above}", {"project": {"enabled": True}})
    assert (await admin.sign_in(wish)).status == 201
    assert (await admin.bearing(token).get("/v3/auth/projects")).status == 401


async def test_relatives_are_shown_as_ids_and_as_lists(cloud: Cloud) -> None:
    above, child, leaf = await a_branch(cloud.admin, "above", "child", "leaf")

    async def shown(query: str) -> dict[str, Any]:
        return (await cloud.admin.must("GET", f"/v3/projects/{child}?{query}"))["project"]

    by_ids = await shown("parents_as_ids&subtree_as_ids")
    assert (by_ids["parents"], by_ids["subtree"]) == ({above: {"default": None}}, {leaf: None})
    by_list = await shown("parents_as_list&subtree_as_list")
    assert [entry["project"]["name"] for entry in by_list["parents"] + by_list["subtree"]] == ["above", "leaf"]
    assert not {"parents", "subtree"} & (await shown("")).keys()
    both = await cloud.admin.get(f"/v3/projects/{child}?parents_as_ids&parents_as_list")
    assert both.status == 400


async def test_threat_K8_relatives_that_a_member_has_no_role_on_are_not_shown(cloud: Cloud) -> None:
    admin, rose = cloud.admin, cloud.red
    own, _secret, *_ = await a_branch(admin, "own", "secret", "leaf")
    await admin.must("PUT", f"/v3/projects/{own}/users/{rose.user_id}/roles/{cloud.roles['member']}")
    member = admin.bearing(await admin.token_of(by_password("rose", PASSWORD, on(own))))
    for form in ("list", "ids"):
        shown = await member.must("GET", f"/v3/projects/{own}?subtree_as_{form}&parents_as_{form}")
        assert not shown["project"]["subtree"]
        assert "secret" not in str(shown)


async def test_branch_has_an_end(cloud: Cloud) -> None:
    *_, last = await a_branch(cloud.admin, "1", "2", "3", "4", "5")
    too_deep = await cloud.admin.send("POST", "/v3/projects", {"project": {"name": "6", "parent_id": last}})
    assert (too_deep.status, "depth" in too_deep.body["error"]["message"]) == (403, True)


async def test_tags_are_added_replaced_checked_and_removed(cloud: Cloud) -> None:
    admin, project = cloud.admin, f"/v3/projects/{cloud.red.project_id}"
    for _ in range(2):
        assert (await admin.send("PUT", f"{project}/tags/blue")).status == 201
    assert (await admin.must("GET", f"{project}/tags"))["tags"] == ["blue"]
    assert (await cloud.red.http.send("HEAD", f"{project}/tags/blue")).status == 204
    assert (await admin.send("HEAD", f"{project}/tags/green")).status == 404
    assert (await admin.send("PUT", f"{project}/tags/a,b")).status == 400
    assert (await admin.must("PUT", f"{project}/tags", {"tags": ["x", "y"]}))["tags"] == ["x", "y"]
    assert (await admin.send("PUT", f"{project}/tags", {"tags": ["x", "x"]})).status == 400
    assert (await admin.send("DELETE", f"{project}/tags/x")).status == 204
    assert (await admin.send("DELETE", f"{project}/tags/x")).status == 404
    assert (await admin.must("GET", project))["project"]["tags"] == ["y"]
    assert (await admin.send("DELETE", f"{project}/tags")).status == 204
    await admin.must("PUT", f"{project}/tags", {"tags": [str(number) for number in range(80)]})
    assert (await admin.send("PUT", f"{project}/tags/more")).status == 400
    assert (await cloud.red.http.send("PUT", f"{project}/tags/mine")).status == 403
    assert (await cloud.blue.http.get(f"{project}/tags")).status == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tags=a,b", {"both"}),
        ("tags-any=a,b", {"both", "one"}),
        ("not-tags=a,b", {"one", "none"}),
        ("not-tags-any=a,b", {"none"}),
        ("tags=a&not-tags=b", {"one"}),
    ],
)
async def test_projects_are_found_by_their_tags(cloud: Cloud, query: str, found: set[str]) -> None:
    for name, tags in (("both", ["a", "b"]), ("one", ["a", "c"]), ("none", [])):
        await make(cloud.admin, "project", "projects", name=name, tags=tags)
    projects = (await cloud.admin.must("GET", f"/v3/projects?{query}"))["projects"]
    assert {project["name"] for project in projects} & {"both", "one", "none"} == found
    assert (await cloud.admin.get("/v3/projects?tags=%00")).status == 400


async def test_domain_has_the_shape_of_a_project_too(cloud: Cloud) -> None:
    admin = cloud.admin
    made = (await admin.must("POST", "/v3/projects", {"project": {"name": "acme", "is_domain": True}}))["project"]
    assert (made["is_domain"], made["domain_id"], made["parent_id"]) == (True, None, None)
    assert (await admin.must("GET", f"/v3/projects/{made['id']}"))["project"] == made
    assert (await admin.must("GET", f"/v3/domains/{made['id']}"))["domain"]["name"] == "acme"
    domains = (await admin.must("GET", "/v3/projects?is_domain=true"))["projects"]
    assert {domain["name"] for domain in domains} == {"Default", "acme"}
    assert not any(project["is_domain"] for project in (await admin.must("GET", "/v3/projects"))["projects"])
    path = f"/v3/projects/{made['id']}"
    assert (await admin.send("DELETE", path)).status == 403
    assert (await admin.send("PATCH", path, {"project": {"parent_id": "default"}})).status == 400
    assert (await cloud.red.http.get(path)).status == (await cloud.red.http.send("DELETE", path)).status == 404
    await admin.must("PATCH", path, {"project": {"enabled": False}})
    assert (await admin.send("DELETE", path)).status == 204
    assert (await admin.get(f"/v3/domains/{made['id']}")).status == 404
