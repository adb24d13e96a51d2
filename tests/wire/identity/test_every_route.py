"""Every route of identity, asked by those whom it should refuse: verdicts, traces, and what no call may give."""

from typing import Any

from identity.application import API
from runtime.web.routes import PUBLIC
from tests.identity_http import Http, by_password, on_project
from tests.tenants import PASSWORD, Cloud

GUARDED = [
    (method, path) for path, methods in API.routes.items() for method, route in methods.items() if route.rule != PUBLIC
]


GROUPS = "/v3/OS-EP-FILTER/endpoint_groups"


async def limits_of(cloud: Cloud) -> dict[str, str]:
    """A registered limit, and a limit of project blue."""
    service = (await cloud.admin.must("GET", "/v3/services"))["services"][0]["id"]
    what = {"service_id": service, "resource_name": "ports"}
    registered = {"registered_limits": [{**what, "default_limit": 5}]}
    ids = await cloud.admin.must("POST", "/v3/registered_limits", registered)
    own = {"limits": [{**what, "resource_limit": 6, "project_id": cloud.blue.project_id}]}
    limits = await cloud.admin.must("POST", "/v3/limits", own)
    return {"registered_limit_id": ids["registered_limits"][0]["id"], "limit_id": limits["limits"][0]["id"]}


RULES = [{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-sub"}]}]


async def federation_of(admin: Http) -> dict[str, str]:
    """An identity provider with a protocol and a mapping."""
    base = "/v3/OS-FEDERATION"
    await admin.must("PUT", f"{base}/mappings/people", {"mapping": {"rules": RULES}})
    await admin.must("PUT", f"{base}/identity_providers/corporate", {"identity_provider": {}})
    protocol = f"{base}/identity_providers/corporate/protocols/openid"
    await admin.must("PUT", protocol, {"protocol": {"mapping_id": "people"}})
    return {"idp_id": "corporate", "protocol_id": "openid", "mapping_id": "people"}


async def made(admin: Http, noun: str, path: str, **attributes: Any) -> str:
    """The id of a new resource."""
    return (await admin.must("POST", path, {noun: attributes}))[noun]["id"]


async def test_threat_P2_every_route_refuses_strangers_and_tenants_without_a_trace(
    cloud: Cloud, anonymous: Http
) -> None:
    """Every route, asked by nobody, and by a tenant about what is another's: 401, and 403 or 404."""
    ids = {
        "project_id": cloud.blue.project_id,
        "user_id": cloud.blue.user_id,
        "role_id": cloud.roles["admin"],
        "prior_role_id": cloud.roles["reader"],
        "implied_role_id": cloud.roles["member"],
        "domain_id": "default",
        "tag": "blue",
        "group": "ldap",
        "option": "url",
        "group_id": await made(cloud.admin, "group", "/v3/groups", name="florists"),
        "policy_id": await made(cloud.admin, "policy", "/v3/policies", blob="b", type="t"),
        **await limits_of(cloud),
        **await federation_of(cloud.admin),
        "endpoint_group_id": await made(cloud.admin, "endpoint_group", GROUPS, name="all", filters={}),
        "region_id": "RegionOne",
        "application_credential_id": "0" * 32,
        "access_rule_id": "0" * 32,
        "trust_id": "0" * 32,
        "credential_id": "0" * 32,
        "service_id": (await cloud.admin.must("GET", "/v3/services"))["services"][0]["id"],
        "endpoint_id": (await cloud.admin.must("GET", "/v3/endpoints"))["endpoints"][0]["id"],
    }
    before = await everything(cloud.admin)
    everyones = {
        *(f"/v3/auth/{noun}" for noun in ("projects", "domains", "system", "catalog")),
        *("/v3/limits", "/v3/limits/model", "/v3/registered_limits", "/v3/registered_limits/{registered_limit_id}"),
        *("/v3/regions", "/v3/regions/{region_id}", "/v3/credentials", "/v3/domains/{domain_id}"),
        *("/v3/OS-FEDERATION/projects", "/v3/OS-FEDERATION/domains"),
    }
    for method, template in GUARDED:
        path = template.format(**ids)
        assert (await anonymous.send(method, path, {})).status == 401, (method, path)
        if method != "GET" or template not in everyones:
            answer = await cloud.red.http.send(method, path, body_for(template), X_Subject_Token=cloud.blue.http.token)
            assert answer.status in (403, 404), (method, path, answer)
    assert await everything(cloud.admin) == before


FEDERATED = {
    "{idp_id}": {"identity_provider": {"enabled": False}},
    "{protocol_id}": {"protocol": {"mapping_id": "people"}},
    "{mapping_id}": {"mapping": {"rules": RULES}},
}


def body_for(template: str) -> Any:
    """A body that passes the schema of the route's noun."""
    if template.endswith("/tags"):
        return {"tags": ["stolen"]}
    if template.endswith("/password"):
        return {"user": {"original_password": PASSWORD, "password": "another"}}
    if template == "/v3/OS-TRUST/trusts":
        parties = {"trustor_user_id": "0" * 32, "trustee_user_id": "0" * 32, "impersonation": True}
        return {"trust": parties | {"project_id": "0" * 32, "roles": [{"name": "member"}]}}
    if template == "/v3/credentials":
        return {"credential": {"type": "cert", "blob": "stolen", "user_id": "0" * 32}}
    if template == "/v3/credentials/{credential_id}":
        return {"credential": {"blob": "stolen"}}
    if template.startswith("/v3/OS-FEDERATION"):
        return FEDERATED.get(template.rpartition("/")[2], {})
    noun = template.removeprefix("/v3/").split("/")[0].removesuffix("s")
    url = {"url": "http://c", "interface": "public", "service_id": "s"} if noun == "endpoint" else {}
    named = {} if noun in ("region", "endpoint") else {"name": "stolen"}
    return {noun: named | url | ({"type": "stolen"} if noun == "service" else {})}


async def everything(admin: Http) -> dict[str, Any]:
    nouns = (
        "projects",
        "users",
        "groups",
        "roles",
        "domains",
        "services",
        "endpoints",
        "regions",
        "role_assignments",
        "role_inferences",
        "policies",
        "limits",
        "registered_limits",
        "OS-EP-FILTER/endpoint_groups",
        "OS-FEDERATION/identity_providers",
        "OS-FEDERATION/mappings",
    )
    return {noun: (await admin.must("GET", f"/v3/{noun}"))[noun.rpartition("/")[2]] for noun in nouns}


async def test_threat_P5_foreign_and_random_ids_have_the_same_answer(cloud: Cloud) -> None:
    for collection, foreign in (("projects", cloud.blue.project_id), ("users", cloud.blue.user_id)):
        random = "0" * 32
        for method in ("GET", "PATCH", "DELETE"):
            body = body_for(f"/v3/{collection}") if method == "PATCH" else None
            theirs = await cloud.red.http.send(method, f"/v3/{collection}/{foreign}", body)
            nobodys = await cloud.red.http.send(method, f"/v3/{collection}/{random}", body)
            assert theirs.status == nobodys.status == 404
            assert str(theirs.body).replace(foreign, random) == str(nobodys.body)
    own = await cloud.red.http.send("DELETE", f"/v3/projects/{cloud.red.project_id}")
    assert own.status == 403


async def test_threat_P1_body_of_a_read_and_query_never_widen_a_right(cloud: Cloud) -> None:
    widening = {"target": {"user_id": cloud.red.user_id}, "user_id": cloud.red.user_id, "role": "admin"}
    path = f"/v3/users/{cloud.blue.user_id}"
    assert (await cloud.red.http.send("GET", path, widening)).status == 404
    assert (await cloud.red.http.get(f"{path}?user_id={cloud.red.user_id}&role=admin")).status == 404
    query = f"/v3/role_assignments?user.id={cloud.red.user_id}&user.id={cloud.blue.user_id}"
    shown = await cloud.red.http.get(query)
    assert cloud.blue.user_id not in str(shown.body)


async def test_threat_K20_service_token_checks_tokens_and_manages_nothing(cloud: Cloud) -> None:
    auth = by_password("agent-host1", cloud.admin.server.agent_password, on_project("service"))
    agent = cloud.admin.bearing(await cloud.admin.token_of(auth))
    assert (await agent.get("/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)).status == 200
    for noun in ("projects", "users", "roles", "domains", "services", "endpoints", "role_assignments"):
        assert (await agent.get(f"/v3/{noun}")).status == 403
    assert (await agent.send("POST", "/v3/projects", {"project": {"name": "stolen"}})).status == 403


WRITES = ("POST", "PUT", "PATCH", "DELETE")
OWN_WORDS = ("auth/tokens", "credentials", "OS-TRUST", "access_rules")
"""Of a path that is about what is a caller's own."""


async def test_threat_K20_service_token_writes_nothing_on_any_route(cloud: Cloud) -> None:
    """Every route that writes what is not the caller's own, found in the table."""
    auth = by_password("agent-host1", cloud.admin.server.agent_password, on_project("service"))
    agent = cloud.admin.bearing(await cloud.admin.token_of(auth))
    before = await everything(cloud.admin)
    ids = {"project_id": cloud.red.project_id, "role_id": cloud.roles["admin"], "domain_id": "default"}
    tried = 0
    for method, template in GUARDED:
        if method in WRITES and not any(word in template for word in OWN_WORDS):
            words = [ids.get(word[1:-1], "0" * 32) if word.startswith("{") else word for word in template.split("/")]
            answer = await agent.send(method, "/".join(words), body_for(template))
            assert answer.status in (403, 404), (method, template, answer)
            tried += 1
    assert tried > 50
    assert await everything(cloud.admin) == before


RIGHTS = "SELECT user_id, group_id, project_id, domain_id, role_id, inherited FROM identity.assignments"


async def test_threat_K18_no_deletion_gives_a_right(cloud: Cloud) -> None:
    """Every route that deletes, asked by an administrator for what is not there and for what is."""
    ids = {
        "project_id": cloud.red.project_id,
        "user_id": cloud.red.user_id,
        "domain_id": "default",
        "role_id": cloud.roles["manager"],
        "group_id": await made(cloud.admin, "group", "/v3/groups", name="florists"),
    }

    async def rights() -> set[tuple[Any, ...]]:
        async with cloud.admin.server.database.connection() as connection:
            return {tuple(row) for row in await connection.fetch(RIGHTS)}

    before = await rights()
    deletions = [path for method, path in GUARDED if method == "DELETE" and path != "/v3/auth/tokens"]
    for known in ({}, ids):
        for template in sorted(deletions, key=len, reverse=True):
            words = [known.get(word[1:-1], "0" * 32) if word.startswith("{") else word for word in template.split("/")]
            answer = await cloud.admin.send("DELETE", "/".join(words))
            assert answer.status < 500, (template, answer)
            assert await rights() <= before, template


async def test_threat_K18_taking_an_absent_role_gives_none(cloud: Cloud) -> None:
    before = await everything(cloud.admin)
    grant = f"/v3/projects/{cloud.red.project_id}/users/{cloud.red.user_id}/roles/{cloud.roles['admin']}"
    assert (await cloud.admin.send("DELETE", grant)).status == 404
    assert (await cloud.red.http.send("PUT", grant)).status == 403
    assert await everything(cloud.admin) == before
