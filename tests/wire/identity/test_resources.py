"""Projects, users, roles, domains and the catalogue over HTTP: what is kept, found, changed and refused."""

from typing import Any

import pytest

from tests.identity_http import Http, by_password
from tests.tenants import PASSWORD, Cloud


async def test_version_documents_lead_to_v3(anonymous: Http) -> None:
    for path in ("", "/"):
        answer = await anonymous.get(path)
        assert answer.status == 300
        (version,) = answer.body["versions"]["values"]
        assert version["links"] == [{"rel": "self", "href": f"{anonymous.server.url}/v3/"}]
    for path in ("/v3", "/v3/"):
        answer = await anonymous.get(path)
        assert (answer.status, answer.body["version"]["id"]) == (200, "v3.14")


async def test_project_is_kept_as_it_was_written(admin: Http) -> None:
    sent = {"name": "école", "description": "Été 🌞", "tags": ["b", "a"], "cost_centre": {"number": 7}}
    created = (await admin.must("POST", "/v3/projects", {"project": sent}))["project"]
    assert created == {
        **sent,
        "id": created["id"],
        "domain_id": "default",
        "parent_id": "default",
        "enabled": True,
        "is_domain": False,
        "options": {},
        "links": {"self": f"{admin.server.url}/v3/projects/{created['id']}"},
    }
    assert (await admin.must("GET", f"/v3/projects/{created['id']}"))["project"] == created
    change = {"project": {"description": "", "cost_centre": None}}
    changed = (await admin.must("PATCH", f"/v3/projects/{created['id']}", change))["project"]
    assert changed == created | {"description": "", "cost_centre": None}
    assert (await admin.send("DELETE", f"/v3/projects/{created['id']}")).status == 204
    assert (await admin.get(f"/v3/projects/{created['id']}")).status == 404


async def test_project_with_projects_below_it_stays(admin: Http) -> None:
    above = (await admin.must("POST", "/v3/projects", {"project": {"name": "above"}}))["project"]
    below = {"project": {"name": "below", "parent_id": above["id"]}}
    child = (await admin.must("POST", "/v3/projects", below))["project"]
    assert child["parent_id"] == above["id"]
    found = await admin.must("GET", f"/v3/projects?parent_id={above['id']}")
    assert [project["id"] for project in found["projects"]] == [child["id"]]
    assert (await admin.send("DELETE", f"/v3/projects/{above['id']}")).status == 403
    assert (await admin.send("DELETE", f"/v3/projects/{child['id']}")).status == 204


async def test_name_is_taken_once_in_a_domain_and_free_in_another(admin: Http) -> None:
    other = (await admin.must("POST", "/v3/domains", {"domain": {"name": "other"}}))["domain"]["id"]
    for noun, collection in (("project", "projects"), ("user", "users")):
        await admin.must("POST", f"/v3/{collection}", {noun: {"name": "same"}})
        again = await admin.send("POST", f"/v3/{collection}", {noun: {"name": "same"}})
        assert again.status == 409
        assert "Duplicate entry found with name same at domain ID default" in again.body["error"]["message"]
        await admin.must("POST", f"/v3/{collection}", {noun: {"name": "same", "domain_id": other}})
        found = await admin.must("GET", f"/v3/{collection}?name=same&domain_id={other}")
        assert [entry["domain_id"] for entry in found[collection]] == [other]
        assert len((await admin.must("GET", f"/v3/{collection}?name=same"))[collection]) == 2


async def test_user_keeps_mail_and_never_shows_the_password(admin: Http) -> None:
    sent = {"name": "rose", "password": PASSWORD, "email": "rose@example.org", "description": "gardener"}
    user = (await admin.must("POST", "/v3/users", {"user": sent}))["user"]
    assert (user["email"], user["description"]) == ("rose@example.org", "gardener")
    for shown in (user, (await admin.must("GET", f"/v3/users/{user['id']}"))["user"]):
        assert not {"password", "password_hash"} & shown.keys()
        assert PASSWORD not in str(shown)


async def test_threat_K20_password_is_changed_with_the_old_one_alone(cloud: Cloud) -> None:
    path = f"/v3/users/{cloud.red.user_id}/password"
    change = {"original_password": "wrong", "password": "another"}
    assert (await cloud.red.http.send("POST", path, {"user": change})).status == 401
    change = {"original_password": PASSWORD, "password": "another"}
    nobodys = await cloud.blue.http.send("POST", f"/v3/users/{'0' * 32}/password", {"user": change})
    assert nobodys.status == 401
    wrong = {"original_password": "wrong", "password": "another"}
    assert (await cloud.admin.send("POST", path, {"user": wrong})).status == 401
    assert (await cloud.red.http.send("POST", path, {"user": change})).status == 204
    assert (await cloud.red.http.get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(by_password("rose", PASSWORD))).status == 401
    assert (await cloud.admin.sign_in(by_password("rose", "another"))).status == 201


async def test_domain_is_deleted_with_its_contents_once_it_is_disabled(admin: Http) -> None:
    domain = (await admin.must("POST", "/v3/domains", {"domain": {"name": "other"}}))["domain"]["id"]
    project = {"name": "theirs", "domain_id": domain}
    project_id = (await admin.must("POST", "/v3/projects", {"project": project}))["project"]["id"]
    assert (await admin.send("DELETE", f"/v3/domains/{domain}")).status == 403
    await admin.must("PATCH", f"/v3/domains/{domain}", {"domain": {"enabled": False}})
    assert (await admin.send("DELETE", f"/v3/domains/{domain}")).status == 204
    assert (await admin.get(f"/v3/projects/{project_id}")).status == 404


async def test_lists_page_by_marker_and_name_the_next_page(admin: Http) -> None:
    for number in range(5):
        await admin.must("POST", "/v3/projects", {"project": {"name": f"p{number}"}})
    seen: list[str] = []
    path: str | None = "/v3/projects?limit=3&sort_key=name"
    while path:
        body = await admin.must("GET", path)
        assert len(body["projects"]) <= 3
        seen += [project["name"] for project in body["projects"]]
        path = body["links"]["next"] and body["links"]["next"].removeprefix(admin.server.url)
    assert seen == ["admin", "p0", "p1", "p2", "p3", "p4", "service"]


async def test_grants_are_given_seen_and_taken(cloud: Cloud) -> None:
    for place in (f"projects/{cloud.red.project_id}", "domains/default", "system"):
        grants = f"/v3/{place}/users/{cloud.blue.user_id}/roles"
        grant = f"{grants}/{cloud.roles['reader']}"
        assert (await cloud.admin.send("HEAD", grant)).status == 404
        for _ in range(2):
            assert (await cloud.admin.send("PUT", grant)).status == 204
        assert (await cloud.admin.send("HEAD", grant)).status == 204
        assert [role["name"] for role in (await cloud.admin.must("GET", grants))["roles"]] == ["reader"]
        assert (await cloud.admin.send("DELETE", grant)).status == 204
        assert (await cloud.admin.send("DELETE", grant)).status == 404


async def test_assignments_are_filtered_named_and_expanded(cloud: Cloud) -> None:
    query = f"/v3/role_assignments?user.id={cloud.red.user_id}"
    (assignment,) = (await cloud.admin.must("GET", query))["role_assignments"]
    assert assignment["scope"] == {"project": {"id": cloud.red.project_id}}
    (named,) = (await cloud.admin.must("GET", f"{query}&include_names"))["role_assignments"]
    assert (named["role"]["name"], named["user"]["name"]) == ("member", "rose")
    effective = (await cloud.admin.must("GET", f"{query}&effective&include_names=1"))["role_assignments"]
    assert sorted(entry["role"]["name"] for entry in effective) == ["member", "reader"]
    system = (await cloud.admin.must("GET", "/v3/role_assignments?scope.system=all"))["role_assignments"]
    assert [entry["scope"] for entry in system] == [{"system": {"all": True}}]
    assert (await cloud.red.http.get(query)).status == 200
    assert (await cloud.blue.http.get(query)).status == 403
    assert (await cloud.red.http.get("/v3/role_assignments")).status == 403


async def test_region_in_use_stays_and_never_stands_below_itself(admin: Http) -> None:
    assert (await admin.send("DELETE", "/v3/regions/RegionOne")).status == 403
    await admin.must("POST", "/v3/regions", {"region": {"id": "below", "parent_region_id": "RegionOne"}})
    cycle = {"region": {"parent_region_id": "below"}}
    assert (await admin.send("PATCH", "/v3/regions/RegionOne", cycle)).status == 400
    assert (await admin.send("POST", "/v3/regions", {"region": {"id": "below"}})).status == 409
    assert (await admin.send("DELETE", "/v3/regions/below")).status == 204


async def test_region_is_put_where_the_path_says(admin: Http) -> None:
    made = await admin.send("PUT", "/v3/regions/north", {"region": {"description": "cold"}})
    assert (made.status, made.body["region"]["id"], made.body["region"]["description"]) == (201, "north", "cold")
    assert (await admin.send("PUT", "/v3/regions/north", {"region": {}})).status == 409
    assert (await admin.send("PUT", "/v3/regions/a%20b", {"region": {}})).status == 400


async def test_older_spelling_of_a_region_makes_it(admin: Http) -> None:
    service = (await admin.must("POST", "/v3/services", {"service": {"type": "volumev3"}}))["service"]["id"]
    endpoint = {"service_id": service, "interface": "public", "url": "http://c"}
    missing = await admin.send("POST", "/v3/endpoints", {"endpoint": endpoint | {"region_id": "north"}})
    assert missing.status == 400
    made = (await admin.must("POST", "/v3/endpoints", {"endpoint": endpoint | {"region": "north"}}))["endpoint"]
    assert (made["region_id"], (await admin.get("/v3/regions/north")).status) == ("north", 200)


async def test_id_of_the_path_may_be_said_again_and_no_other(cloud: Cloud) -> None:
    path = f"/v3/users/{cloud.red.user_id}"
    assert (await cloud.admin.send("PATCH", path, {"user": {"id": cloud.red.user_id, "email": "r"}})).status == 200
    assert (await cloud.admin.send("PATCH", path, {"user": {"id": cloud.blue.user_id}})).status == 400


async def test_member_sees_the_domain_of_their_project_and_no_other(cloud: Cloud) -> None:
    other = (await cloud.admin.must("POST", "/v3/domains", {"domain": {"name": "other"}}))["domain"]["id"]
    assert (await cloud.red.http.must("GET", "/v3/domains/default"))["domain"]["name"] == "Default"
    assert (await cloud.red.http.get(f"/v3/domains/{other}")).status == 404
    assert (await cloud.red.http.send("DELETE", "/v3/domains/default")).status == 403


async def test_threat_K19_endpoint_asks_for_the_project_alone(admin: Http) -> None:
    service = (await admin.must("POST", "/v3/services", {"service": {"type": "volumev3"}}))["service"]["id"]
    endpoint = {"service_id": service, "interface": "public", "url": "http://c/v3/$(project_id)s"}
    await admin.must("POST", "/v3/endpoints", {"endpoint": endpoint})
    for url in ("http://c/$(admin_token)s", "http://c/%(user_id)s", "ftp://c/", "/etc", ""):
        answer = await admin.send("POST", "/v3/endpoints", {"endpoint": endpoint | {"url": url}})
        assert answer.status == 400
        assert "endpoint.url" in answer.body["error"]["message"]


BAD_BODIES: list[tuple[str, Any, str]] = [
    ("/v3/projects", {}, "project"),
    ("/v3/projects", {"project": {}}, "name"),
    ("/v3/projects", {"project": {"name": ""}}, "project.name"),
    ("/v3/projects", {"project": {"name": "   "}}, "project.name"),
    ("/v3/projects", {"project": {"name": "x" * 65}}, "project.name"),
    ("/v3/projects", {"project": {"name": 7}}, "project.name"),
    ("/v3/projects", {"project": {"name": "x\x00"}}, "NUL"),
    ("/v3/projects", {"project": {"name": "x", "id": "mine"}}, "project.id"),
    ("/v3/projects", {"project": {"name": "x", "enabled": "FALSE"}}, "project.enabled"),
    ("/v3/projects", {"project": {"name": "x", "domain_id": "nowhere"}}, "project.domain_id"),
    ("/v3/projects", {"project": {"name": "x", "parent_id": "nowhere"}}, "project.parent_id"),
    ("/v3/projects", {"project": {"name": "x", "is_domain": True, "parent_id": "default"}}, "is_domain"),
    ("/v3/projects", {"project": {"name": "x", "tags": ["a,b"]}}, "project.tags"),
    ("/v3/projects", {"project": {"name": "x", "tags": ["a", "a"]}}, "tags"),
    ("/v3/projects", {"project": {"name": "x", "tags": [""]}}, "project.tags"),
    ("/v3/projects", {"project": {"name": "x", "more": "y" * 9000}}, "8192"),
    ("/v3/users", {"user": {"name": "x", "password": ""}}, "user.password"),
    ("/v3/users", {"user": {"name": "x", "password": "é" * 65}}, "user.password"),
    ("/v3/users", {"user": {"name": "x", "enabled": 0}}, "user.enabled"),
    ("/v3/users", {"user": {"name": "x", "domain_id": "nowhere"}}, "domain: nowhere"),
    ("/v3/groups", {"group": {"name": "x", "domain_id": "nowhere"}}, "domain: nowhere"),
    ("/v3/roles", {"role": {"name": "x", "domain_id": "nowhere"}}, "role.domain_id"),
    ("/v3/regions", {"region": {"id": "a/b"}}, "region.id"),
    ("/v3/regions", {"region": {"parent_region_id": "nowhere"}}, "region.parent_region_id"),
    ("/v3/endpoints", {"endpoint": {"service_id": "s", "interface": "secret", "url": "http://c"}}, "interface"),
    ("/v3/endpoints", {"endpoint": {"service_id": "s", "interface": "public", "url": "http://c"}}, "service_id"),
    ("/v3/auth/tokens", {"auth": {}}, "identity"),
    ("/v3/auth/tokens", {"auth": {"identity": {"methods": []}}}, "auth.identity.methods"),
    ("/v3/auth/tokens", {"auth": by_password("x", "x", {"project": {"name": "x"}})}, ""),
    ("/v3/auth/tokens", {"auth": by_password("x", "x", {})}, "auth.scope"),
    ("/v3/auth/tokens", {"auth": by_password("x", "x", {"project": {"id": "x"}, "domain": {"id": "x"}})}, "scope"),
]


@pytest.mark.parametrize(("path", "body", "named"), BAD_BODIES, ids=str)
async def test_bad_body_is_refused_by_the_name_of_its_attribute(admin: Http, path: str, body: Any, named: str) -> None:
    answer = await admin.send("POST", path, body)
    assert answer.status in (400, 401, 404)
    assert answer.body["error"]["code"] == answer.status
    assert named in answer.body["error"]["message"] or answer.status == 401


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b'{"project":"\\ud800"}'])
async def test_body_that_is_no_json_object_is_refused(admin: Http, data: bytes) -> None:
    for path in ("/v3/projects", "/v3/auth/tokens"):
        assert (await admin.send("POST", path, data=data)).status == 400


@pytest.mark.parametrize(
    "query", ["colour=red", "limit=-1", "limit=x", "enabled=perhaps", "marker=%00", "name=%00", "sort_key=extra"]
)
async def test_bad_query_is_refused(admin: Http, query: str) -> None:
    for collection in ("projects", "users"):
        assert (await admin.get(f"/v3/{collection}?{query}")).status == 400


@pytest.mark.parametrize("name", ["%00", "..%2f..", "x" * 3000, "%ff", "'; DROP TABLE identity.users; --"])
async def test_id_that_cannot_be_is_not_found(admin: Http, name: str) -> None:
    for collection in ("projects", "users", "roles", "domains", "services", "endpoints", "regions"):
        assert (await admin.get(f"/v3/{collection}/{name}")).status == 404
