"""The manager of a domain keeps its people, projects and grants: within the domain, and never above themselves."""

from dataclasses import dataclass

import pytest

from tests.identity_http import Http
from tests.tenants import PASSWORD, Cloud


@dataclass(frozen=True)
class Domain:
    """A domain with a manager, a project, a user and a group of its own; `http` is the manager's, on the domain."""

    id: str
    project: str
    user: str
    group: str
    http: Http


async def make(admin: Http, kind: str, **attributes: object) -> str:
    return (await admin.must("POST", f"/v3/{kind}s", {kind: attributes}))[kind]["id"]


@pytest.fixture
async def domain(cloud: Cloud) -> Domain:
    admin = cloud.admin
    domain = await make(admin, "domain", name="acme")
    boss = await make(admin, "user", name="boss", domain_id=domain, password=PASSWORD)
    await admin.must("PUT", f"/v3/domains/{domain}/users/{boss}/roles/{cloud.roles['manager']}")
    proof = {"user": {"id": boss, "password": PASSWORD}}
    identity = {"methods": ["password"], "password": proof}
    token = await admin.token_of({"identity": identity, "scope": {"domain": {"id": domain}}})
    http = admin.bearing(token)
    return Domain(
        domain,
        await make(http, "project", name="plant", domain_id=domain),
        await make(http, "user", name="worker", domain_id=domain),
        await make(http, "group", name="crew", domain_id=domain),
        http,
    )


async def test_manager_keeps_what_is_in_the_domain_and_sees_nothing_else(cloud: Cloud, domain: Domain) -> None:
    boss = domain.http
    for kind, own in (("user", domain.user), ("project", domain.project), ("group", domain.group)):
        listed = (await boss.must("GET", f"/v3/{kind}s"))[f"{kind}s"]
        assert {item["domain_id"] for item in listed} == {domain.id}
        assert own in {item["id"] for item in listed}
        assert await boss.must("GET", f"/v3/{kind}s?domain_id=default") == {
            f"{kind}s": [],
            "links": {"self": f"{boss.server.url}/v3/{kind}s?domain_id=default", "previous": None, "next": None},
        }
        await boss.must("PATCH", f"/v3/{kind}s/{own}", {kind: {"name": "renamed"}})
    foreign = {"user": cloud.red.user_id, "project": cloud.red.project_id}
    for kind, their in foreign.items():
        assert (await boss.get(f"/v3/{kind}s/{their}")).status == 404
        assert (await boss.send("DELETE", f"/v3/{kind}s/{their}")).status == 404
        assert (await boss.send("POST", f"/v3/{kind}s", {kind: {"name": "x", "domain_id": "default"}})).status == 403
    for kind, own in (("user", domain.user), ("project", domain.project), ("group", domain.group)):
        await boss.must("DELETE", f"/v3/{kind}s/{own}")


async def test_manager_gives_roles_up_to_their_own_within_the_domain(cloud: Cloud, domain: Domain) -> None:
    boss, roles = domain.http, cloud.roles
    for place in (f"projects/{domain.project}", f"domains/{domain.id}"):
        for actor in (f"users/{domain.user}", f"groups/{domain.group}"):
            for role in ("manager", "member", "reader"):
                await boss.must("PUT", f"/v3/{place}/{actor}/roles/{roles[role]}")
                await boss.must("HEAD", f"/v3/{place}/{actor}/roles/{roles[role]}")
                await boss.must("DELETE", f"/v3/{place}/{actor}/roles/{roles[role]}")
            for role in ("admin", "service"):
                assert (await boss.send("PUT", f"/v3/{place}/{actor}/roles/{roles[role]}")).status == 403


async def test_threat_K18_manager_gives_nothing_outside_and_a_denial_changes_nothing(
    cloud: Cloud, domain: Domain
) -> None:
    boss, member = domain.http, cloud.roles["member"]
    before = await cloud.admin.must("GET", "/v3/role_assignments")
    ends = [
        f"/v3/projects/{cloud.red.project_id}/users/{domain.user}/roles/{member}",
        f"/v3/projects/{domain.project}/users/{cloud.red.user_id}/roles/{member}",
        f"/v3/domains/default/users/{domain.user}/roles/{member}",
        f"/v3/system/users/{domain.user}/roles/{member}",
        f"/v3/projects/{domain.project}/users/{domain.user}/roles/{cloud.roles['admin']}",
        f"/v3/OS-INHERIT/domains/default/users/{domain.user}/roles/{member}/inherited_to_projects",
    ]
    for path in ends:
        for method in ("PUT", "DELETE"):
            answer = await boss.send(method, path)
            assert answer.status == 403, f"{method} {path}"
    assert await cloud.admin.must("GET", "/v3/role_assignments") == before


async def test_threat_P5_grant_on_anothers_project_is_refused_as_on_none(cloud: Cloud, domain: Domain) -> None:
    paths = [
        f"/v3/projects/{project}/users/{domain.user}/roles/{cloud.roles['member']}"
        for project in (cloud.red.project_id, "0" * 32)
    ]
    foreign, random = [await domain.http.send("PUT", path) for path in paths]
    assert (foreign.status, foreign.body) == (random.status, random.body) == (403, random.body)


async def test_threat_K18_manager_takes_no_right_that_is_above_their_own(cloud: Cloud, domain: Domain) -> None:
    """Neither by the password of an administrator in the domain, nor by a group that gives more."""
    boss, admin, role = domain.http, cloud.admin, cloud.roles["admin"]
    await admin.must("PUT", f"/v3/projects/{domain.project}/users/{domain.user}/roles/{role}")
    change = {"user": {"password": "another password"}}
    assert (await boss.send("PATCH", f"/v3/users/{domain.user}", change)).status == 403
    assert (await boss.send("DELETE", f"/v3/users/{domain.user}")).status == 403
    await admin.must("DELETE", f"/v3/projects/{domain.project}/users/{domain.user}/roles/{role}")
    await boss.must("PATCH", f"/v3/users/{domain.user}", change)
    await boss.must("PUT", f"/v3/groups/{domain.group}/users/{domain.user}")
    await admin.must("PUT", f"/v3/system/groups/{domain.group}/roles/{role}")
    other = await make(boss, "user", name="other", domain_id=domain.id)
    assert (await boss.send("PUT", f"/v3/groups/{domain.group}/users/{other}")).status == 403
    assert (await boss.send("PATCH", f"/v3/users/{domain.user}", change)).status == 403
    assert (await boss.send("PUT", f"/v3/groups/{'0' * 32}/users/{other}")).status == 403


async def test_system_reader_sees_identity_and_changes_nothing(cloud: Cloud) -> None:
    auditor = await make(cloud.admin, "user", name="auditor", password=PASSWORD)
    await cloud.admin.must("PUT", f"/v3/system/users/{auditor}/roles/{cloud.roles['reader']}")
    proof = {"user": {"id": auditor, "password": PASSWORD}}
    auth = {"identity": {"methods": ["password"], "password": proof}, "scope": {"system": {"all": True}}}
    http = cloud.admin.bearing(await cloud.admin.token_of(auth))
    for kind in ("users", "projects", "groups", "domains", "roles", "services", "endpoints", "role_assignments"):
        assert (await http.get(f"/v3/{kind}")).status == 200, kind
    assert (await http.get(f"/v3/users/{cloud.red.user_id}")).status == 200
    assert (await http.send("DELETE", f"/v3/users/{cloud.red.user_id}")).status == 403
    assert (await http.send("POST", "/v3/projects", {"project": {"name": "x"}})).status == 403
