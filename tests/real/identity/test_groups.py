"""What users hold through groups and by inheritance, and how it ends: on two control processes of one cloud."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.identity_http import Http, by_password, by_token
from tests.real.identity.processes import TwoProcesses, until_refused
from tests.tenants import PASSWORD, Cloud


async def make(admin: Http, noun: str, collection: str, **attributes: Any) -> str:
    return (await admin.must("POST", f"/v3/{collection}", {noun: attributes}))[noun]["id"]


async def a_group_of(cloud: Cloud, *user_ids: str) -> str:
    group = await make(cloud.admin, "group", "groups", name="florists")
    for user_id in user_ids:
        await cloud.admin.must("PUT", f"/v3/groups/{group}/users/{user_id}")
    return group


def on(project_id: str) -> dict[str, Any]:
    return {"project": {"id": project_id}}


async def names_of_roles(http: Http, token: str) -> set[str]:
    shown = await http.bearing(token).get("/v3/auth/tokens", X_Subject_Token=token)
    return {role["name"] for role in shown.body["token"]["roles"]}


async def test_member_of_a_group_has_its_roles_on_project_domain_and_system(cloud: Cloud) -> None:
    admin, rose = cloud.admin, cloud.red
    group = await a_group_of(cloud, rose.user_id)
    scopes = {
        f"projects/{cloud.blue.project_id}": on(cloud.blue.project_id),
        "domains/default": {"domain": {"id": "default"}},
        "system": {"system": {"all": True}},
    }
    for place, scope in scopes.items():
        assert (await admin.sign_in(by_token(rose.http.token, scope))).status == 401
        grant = f"/v3/{place}/groups/{group}/roles/{cloud.roles['member']}"
        await admin.must("PUT", grant)
        assert (await admin.send("HEAD", grant)).status == 204
        listed = (await admin.must("GET", f"/v3/{place}/groups/{group}/roles"))["roles"]
        assert [role["name"] for role in listed] == ["member"]
        token = await admin.token_of(by_token(rose.http.token, scope))
        assert await names_of_roles(admin, token) == {"member", "reader"}
        await admin.must("DELETE", grant)
        assert (await admin.bearing(token).get("/v3/auth/projects")).status == 401
    assert (await rose.http.get("/v3/auth/projects")).status == 200


async def leave(cloud: Cloud, group: str, _grant: str) -> None:
    await cloud.admin.must("DELETE", f"/v3/groups/{group}/users/{cloud.red.user_id}")


async def delete_group(cloud: Cloud, group: str, _grant: str) -> None:
    await cloud.admin.must("DELETE", f"/v3/groups/{group}")


async def take_role(cloud: Cloud, _group: str, grant: str) -> None:
    await cloud.admin.must("DELETE", grant)


@pytest.mark.parametrize("event", [leave, delete_group, take_role], ids=lambda event: event.__name__)
@pytest.mark.parametrize("inherited", [False, True], ids=["direct", "inherited"])
async def test_threat_K1_what_a_member_held_through_a_group_ends_on_every_process(
    processes: TwoProcesses,
    event: Callable[[Cloud, str, str], Awaitable[None]],
    inherited: bool,
) -> None:
    cloud = processes.cloud
    group = await a_group_of(cloud, cloud.red.user_id)
    role = cloud.roles["member"]
    grant = f"/v3/projects/{cloud.blue.project_id}/groups/{group}/roles/{role}"
    if inherited:
        grant = f"/v3/OS-INHERIT/domains/default/groups/{group}/roles/{role}/inherited_to_projects"
    await cloud.admin.must("PUT", grant)
    wish = by_password("rose", PASSWORD, on(cloud.blue.project_id))
    token = await cloud.admin.token_of(wish)
    assert (await processes.second.bearing(token).get("/v3/auth/projects")).status == 200
    await event(cloud, group, grant)
    assert (await cloud.admin.bearing(token).get("/v3/auth/projects")).status == 401
    await until_refused(processes.second.bearing(token))
    assert (await processes.second.sign_in(wish)).status == 401
    assert (await cloud.blue.http.get("/v3/auth/projects")).status == 200


async def test_threat_K1_domain_that_goes_takes_what_its_groups_gave_elsewhere(cloud: Cloud) -> None:
    admin = cloud.admin
    domain = await make(admin, "domain", "domains", name="other")
    group = await make(admin, "group", "groups", name="theirs", domain_id=domain)
    await admin.must("PUT", f"/v3/groups/{group}/users/{cloud.red.user_id}")
    await admin.must("PUT", f"/v3/projects/{cloud.blue.project_id}/groups/{group}/roles/{cloud.roles['reader']}")
    token = await admin.token_of(by_token(cloud.red.http.token, on(cloud.blue.project_id)))
    await admin.must("PATCH", f"/v3/domains/{domain}", {"domain": {"enabled": False}})
    await admin.must("DELETE", f"/v3/domains/{domain}")
    assert (await admin.bearing(token).get("/v3/auth/projects")).status == 401


async def test_inherited_role_holds_below_its_target_and_not_on_it(cloud: Cloud) -> None:
    admin, rose = cloud.admin, cloud.red
    above = await make(admin, "project", "projects", name="above")
    child = await make(admin, "project", "projects", name="child", parent_id=above)
    leaf = await make(admin, "project", "projects", name="leaf", parent_id=child)
    await admin.must(
        "PUT",
        f"/v3/OS-INHERIT/projects/{above}/users/{rose.user_id}/roles/{cloud.roles['member']}/inherited_to_projects",
    )
    assert (await admin.sign_in(by_token(rose.http.token, on(above)))).status == 401
    for project in (child, leaf):
        token = await admin.token_of(by_token(rose.http.token, on(project)))
        assert await names_of_roles(admin, token) == {"member", "reader"}
    own = (await rose.http.must("GET", "/v3/auth/projects"))["projects"]
    assert {project["id"] for project in own} == {rose.project_id, child, leaf}


async def test_rights_are_listed_as_given_and_as_held(cloud: Cloud) -> None:
    admin = cloud.admin
    group = await a_group_of(cloud, cloud.red.user_id)
    above = await make(admin, "project", "projects", name="above")
    leaf = await make(admin, "project", "projects", name="leaf", parent_id=above)
    heirs = f"/v3/OS-INHERIT/projects/{above}/groups/{group}/roles"
    await admin.must("PUT", f"{heirs}/{cloud.roles['member']}/inherited_to_projects")
    assert [role["name"] for role in (await admin.must("GET", f"{heirs}/inherited_to_projects"))["roles"]] == ["member"]

    async def listed(query: str) -> list[dict[str, Any]]:
        return (await admin.must("GET", f"/v3/role_assignments?{query}"))["role_assignments"]

    (given,) = await listed(f"group.id={group}&include_names")
    assert (given["group"]["name"], given["scope"]["OS-INHERIT:inherited_to"]) == ("florists", "projects")
    assert [entry["links"] for entry in await listed("scope.OS-INHERIT:inherited_to=projects")] == [given["links"]]
    assert await listed(f"scope.project.id={leaf}") == []
    held = await listed(f"scope.project.id={leaf}&effective&include_names")
    assert {entry["role"]["name"] for entry in held} == {"member", "reader"}
    assert {entry["user"]["name"] for entry in held} == {"rose"}
    assert all(entry["links"]["membership"].endswith(f"/groups/{group}/users/{cloud.red.user_id}") for entry in held)
    assert len(await listed(f"scope.project.id={above}&include_subtree&effective")) == 2
    assert await listed(f"scope.project.id={above}&effective") == []


async def test_login_and_list_hold_the_same_roles_through_every_way_at_once(cloud: Cloud) -> None:
    """One role that is held directly, through a group and by inheritance stays until its last way is gone."""
    admin, rose, role = cloud.admin, cloud.red, cloud.roles["member"]
    group = await a_group_of(cloud, rose.user_id)
    ways = [
        f"/v3/projects/{cloud.blue.project_id}/users/{rose.user_id}/roles/{role}",
        f"/v3/projects/{cloud.blue.project_id}/groups/{group}/roles/{role}",
        f"/v3/OS-INHERIT/domains/default/users/{rose.user_id}/roles/{role}/inherited_to_projects",
    ]
    for way in ways:
        await admin.must("PUT", way)
    wish = by_password("rose", PASSWORD, on(cloud.blue.project_id))
    for way in ways:
        assert (await admin.sign_in(wish)).status == 201
        await admin.must("DELETE", way)
    assert (await admin.sign_in(wish)).status == 401


async def test_threat_K8_lists_of_groups_show_a_user_no_others(cloud: Cloud) -> None:
    group = await a_group_of(cloud, cloud.blue.user_id)
    assert (await cloud.blue.http.must("GET", f"/v3/users/{cloud.blue.user_id}/groups"))["groups"][0]["id"] == group
    assert (await cloud.red.http.must("GET", f"/v3/users/{cloud.red.user_id}/groups"))["groups"] == []
    assert (await cloud.red.http.get(f"/v3/users/{cloud.blue.user_id}/groups")).status == 404
    assert (await cloud.blue.http.send("HEAD", f"/v3/groups/{group}/users/{cloud.blue.user_id}")).status == 204
    nobodys = await cloud.red.http.get(f"/v3/groups/{'0' * 32}")
    theirs = await cloud.red.http.get(f"/v3/groups/{group}")
    assert theirs.status == nobodys.status == 404
    assert str(theirs.body).replace(group, "0" * 32) == str(nobodys.body)


async def test_group_is_kept_changed_and_refused_by_name(cloud: Cloud) -> None:
    admin = cloud.admin
    group = await a_group_of(cloud, cloud.red.user_id)
    again = await admin.send("POST", "/v3/groups", {"group": {"name": "florists"}})
    assert again.status == 409
    change = {"group": {"name": "gardeners", "description": "Été", "colour": "green"}}
    assert (await admin.must("PATCH", f"/v3/groups/{group}", change))["group"]["colour"] == "green"
    moved = await admin.send("PATCH", f"/v3/groups/{group}", {"group": {"domain_id": "other"}})
    assert (moved.status, "group.domain_id" in moved.body["error"]["message"]) == (400, True)
    members = (await admin.must("GET", f"/v3/groups/{group}/users"))["users"]
    assert [user["name"] for user in members] == ["rose"]
    assert (await admin.send("DELETE", f"/v3/groups/{group}/users/{cloud.blue.user_id}")).status == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name__contains=or", {"florists", "Florence"}),
        ("name__startswith=flo", {"florists"}),
        ("name__istartswith=FLO", {"florists", "Florence"}),
        ("name__endswith=ts", {"florists"}),
        ("name__iendswith=CE", {"Florence"}),
        ("name__icontains=LOR&name__contains=i", {"florists"}),
        ("name__contains=%25", set()),
        ("name__contains=_", set()),
        ("name__contains=%27%3B", set()),
    ],
)
async def test_lists_compare_text_as_it_stands(cloud: Cloud, query: str, found: set[str]) -> None:
    for name in ("florists", "Florence", "bakers"):
        await make(cloud.admin, "group", "groups", name=name)
    groups = (await cloud.admin.must("GET", f"/v3/groups?{query}"))["groups"]
    assert {group["name"] for group in groups} == found


@pytest.mark.parametrize("query", ["name__like=x", "enabled__contains=x", "colour__contains=x", "name__contains=%00"])
async def test_comparison_that_is_not_known_is_refused(cloud: Cloud, query: str) -> None:
    for collection in ("groups", "users", "projects", "domains", "roles"):
        assert (await cloud.admin.get(f"/v3/{collection}?{query}")).status == 400
