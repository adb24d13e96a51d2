"""Application credentials: a part of one's roles for a program, with a secret, an end, and rules of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.identity_http import DEFAULT, Answer, Http, by_password, by_token, on_project
from tests.tenants import PASSWORD, Cloud
from tests.wire.identity.conftest import OpenStack
from tests.wire.identity.guard import check_guard

RULE = {"service": "identity", "method": "GET", "path": "/v3/auth/projects"}


@dataclass(frozen=True)
class Credential:
    """As its creation showed it; `auth` signs in with it."""

    shown: dict[str, Any]

    @property
    def id(self) -> str:
        return self.shown["id"]

    @property
    def auth(self) -> dict[str, Any]:
        return by_credential(id=self.id, secret=self.shown["secret"])


def by_credential(**proof: Any) -> dict[str, Any]:
    return {"identity": {"methods": ["application_credential"], "application_credential": proof}}


def place(cloud: Cloud, noun: str = "application_credentials") -> str:
    return f"/v3/users/{cloud.red.user_id}/{noun}"


async def try_to_create(cloud: Cloud, http: Http | None = None, **attributes: Any) -> Answer:
    draft = {"application_credential": {"name": "robot"} | attributes}
    return await (http or cloud.red.http).send("POST", place(cloud), draft)


async def create(cloud: Cloud, **attributes: Any) -> Credential:
    answer = await try_to_create(cloud, **attributes)
    assert answer.status == 201, answer.body
    return Credential(answer.body["application_credential"])


async def bearer(cloud: Cloud, credential: Credential) -> Http:
    return cloud.admin.bearing(await cloud.admin.token_of(credential.auth))


async def test_program_signs_in_with_the_secret_and_has_the_project_and_roles_of_the_credential(cloud: Cloud) -> None:
    credential = await create(cloud, roles=[{"name": "reader"}], description="for a robot")
    assert len(credential.shown["secret"]) >= 64
    owner = {"name": "rose", "domain": DEFAULT}
    for proof in ({"id": credential.id}, {"name": "robot", "user": owner}):
        answer = await cloud.admin.sign_in(by_credential(secret=credential.shown["secret"], **proof))
        assert answer.status == 201
        token = answer.body["token"]
        assert token["methods"] == ["application_credential"]
        assert (token["user"]["id"], token["project"]["id"]) == (cloud.red.user_id, cloud.red.project_id)
        assert [role["name"] for role in token["roles"]] == ["reader"]
        assert token["application_credential"] == {"id": credential.id, "name": "robot", "restricted": True}
    assert (await cloud.admin.sign_in(by_credential(id=credential.id, secret="wrong"))).status == 401
    assert (await cloud.admin.sign_in(by_credential(id="0" * 32, secret="wrong"))).status == 401


async def test_credential_with_a_secret_of_ones_own_has_all_roles_of_the_token_and_one_name(cloud: Cloud) -> None:
    credential = await create(cloud, secret="my own")
    assert [role["name"] for role in credential.shown["roles"]] == ["member"]
    answer = await cloud.admin.sign_in(by_credential(id=credential.id, secret="my own"))
    assert [role["name"] for role in answer.body["token"]["roles"]] == ["member", "reader"]
    assert (await try_to_create(cloud)).status == 409


async def test_threat_K21_secret_is_shown_once_and_kept_as_a_hash(cloud: Cloud) -> None:
    credential = await create(cloud)
    secret = credential.shown["secret"]
    one = await cloud.red.http.must("GET", f"{place(cloud)}/{credential.id}")
    every = await cloud.red.http.must("GET", place(cloud))
    assert one["application_credential"] == every["application_credentials"][0]
    assert "secret" not in str(one)
    async with cloud.admin.server.database.connection() as connection:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'identity'")
        for table in tables:
            rows = await connection.fetch(f"SELECT * FROM identity.{table['tablename']}")
            assert secret not in str([dict(row) for row in rows])


async def test_threat_K8_lists_show_ones_own_credentials_and_rules_alone(cloud: Cloud) -> None:
    credential = await create(cloud, access_rules=[RULE])
    rule = credential.shown["access_rules"][0]["id"]
    theirs = f"/v3/users/{cloud.blue.user_id}"
    for path in (place(cloud), place(cloud, "access_rules"), f"{place(cloud)}/{credential.id}"):
        assert (await cloud.blue.http.get(path)).status == 404
    for path in (f"{theirs}/application_credentials/{credential.id}", f"{theirs}/access_rules/{rule}"):
        for method in ("GET", "DELETE"):
            assert (await cloud.blue.http.send(method, path)).status == 404
    for noun in ("application_credentials", "access_rules"):
        assert (await cloud.blue.http.must("GET", f"{theirs}/{noun}?limit=1"))[noun] == []
    assert (await cloud.admin.get(f"{place(cloud)}/{credential.id}")).status == 200
    assert (await try_to_create(cloud, cloud.admin)).status == 403


@pytest.mark.parametrize("other", [{"name": "bill", "domain": DEFAULT}, {"id": "0" * 32}, {"id": "bill"}])
async def test_threat_K4_user_beside_a_credential_never_replaces_its_owner(cloud: Cloud, other: dict[str, Any]) -> None:
    credential = await create(cloud)
    proof = {"id": credential.id, "secret": credential.shown["secret"], "user": other}
    assert (await cloud.admin.sign_in(by_credential(**proof))).status == 401
    named = {"name": "robot", "secret": credential.shown["secret"], "user": other}
    assert (await cloud.admin.sign_in(by_credential(**named))).status == 401


SCOPES = [on_project("red"), {"domain": DEFAULT}, {"system": {"all": True}}, "unscoped", {"unscoped": {}}]


@pytest.mark.parametrize("scope", [None, *SCOPES], ids=str)
async def test_threat_K6_delegated_token_is_never_scoped_again(cloud: Cloud, scope: Any) -> None:
    credential = await create(cloud, unrestricted=True)
    token = await cloud.admin.token_of(credential.auth)
    assert (await cloud.admin.sign_in(by_token(token, scope))).status == 403
    if scope is not None:
        assert (await cloud.admin.sign_in(credential.auth | {"scope": scope})).status == 401


async def test_threat_K6_scope_of_an_unknown_kind_is_refused(cloud: Cloud) -> None:
    credential = await create(cloud, unrestricted=True)
    token = await cloud.admin.token_of(credential.auth)
    for auth in (by_token(token, {"galaxy": {"all": True}}), credential.auth | {"scope": {"galaxy": {"all": True}}}):
        assert (await cloud.admin.sign_in(auth)).status == 400


@pytest.mark.parametrize("unrestricted", [False, True])
async def test_threat_K5_delegated_token_opens_no_other_door(cloud: Cloud, unrestricted: bool) -> None:
    owner = (await cloud.admin.must("GET", "/v3/users?name=admin"))["users"][0]["id"]
    draft = {"application_credential": {"name": "robot", "unrestricted": unrestricted}}
    shown = await cloud.admin.must("POST", f"/v3/users/{owner}/application_credentials", draft)
    delegated = await bearer(cloud, Credential(shown["application_credential"]))
    await check_guard(cloud, delegated, unrestricted=unrestricted)


async def test_unrestricted_credential_makes_others_with_no_more_roles(cloud: Cloud) -> None:
    first = await bearer(cloud, await create(cloud, unrestricted=True, roles=[{"name": "reader"}]))
    assert (await try_to_create(cloud, first, name="second", roles=[{"name": "member"}])).status == 400
    second = await try_to_create(cloud, first, name="second")
    assert [role["name"] for role in second.body["application_credential"]["roles"]] == ["reader"]
    restricted = await bearer(cloud, await create(cloud, name="third"))
    assert (await try_to_create(cloud, restricted, name="fourth")).status == 403


async def test_threat_K10_roles_are_those_asked_for_that_were_granted_and_still_are(cloud: Cloud) -> None:
    assert (await try_to_create(cloud, roles=[{"name": "admin"}])).status == 400
    assert (await try_to_create(cloud, roles=[{"id": cloud.roles["manager"]}])).status == 400
    grants = f"/v3/projects/{cloud.red.project_id}/users/{cloud.red.user_id}/roles"
    await cloud.admin.must("PUT", f"{grants}/{cloud.roles['manager']}")
    token = await cloud.admin.token_of(by_password("rose", PASSWORD, on_project("red")))
    named = [{"id": cloud.roles["manager"]}, {"name": "reader"}]
    assert (await try_to_create(cloud, name="older token", roles=named)).status == 201
    answer = await try_to_create(cloud, cloud.admin.bearing(token), roles=named)
    credential = Credential(answer.body["application_credential"])
    await cloud.admin.must("DELETE", f"{grants}/{cloud.roles['manager']}")
    left = await cloud.admin.sign_in(credential.auth)
    assert [role["name"] for role in left.body["token"]["roles"]] == ["reader"]
    bearing = await bearer(cloud, credential)
    await cloud.admin.must("DELETE", f"{grants}/{cloud.roles['member']}")
    assert (await bearing.get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(credential.auth)).status == 401


async def test_threat_K1_deleted_credential_ends_its_tokens(cloud: Cloud) -> None:
    credential, other = await create(cloud), await create(cloud, name="other")
    bearing, beside = await bearer(cloud, credential), await bearer(cloud, other)
    await cloud.red.http.must("DELETE", f"{place(cloud)}/{credential.id}")
    assert (await bearing.get("/v3/auth/projects")).status == 401
    assert (await beside.get("/v3/auth/projects")).status == 200
    assert (await cloud.admin.sign_in(credential.auth)).status == 401
    await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", {"user": {"enabled": False}})
    assert (await beside.get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(other.auth)).status == 401


async def test_token_ends_with_its_credential(cloud: Cloud) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=5)).replace(tzinfo=None)
    credential = await create(cloud, expires_at=soon.isoformat())
    assert credential.shown["expires_at"] == soon.strftime("%Y-%m-%dT%H:%M:%S.%f")
    token = (await cloud.admin.sign_in(credential.auth)).body["token"]
    assert token["expires_at"] == f"{credential.shown['expires_at']}Z"
    assert (await try_to_create(cloud, name="late", expires_at="2020-01-01T00:00:00Z")).status == 400
    assert (await try_to_create(cloud, name="never", expires_at="tomorrow")).status == 400
    async with cloud.admin.server.database.connection() as connection:
        await connection.execute("UPDATE identity.application_credentials SET expires_at = now()")
    assert (await cloud.admin.sign_in(credential.auth)).status == 401


async def test_access_rules_permit_what_they_name_and_nothing_else(cloud: Cloud) -> None:
    show = {"service": "identity", "method": "GET", "path": "/identity/v3/projects/{id}"}
    credential = await create(cloud, access_rules=[RULE, show])
    bearing = await bearer(cloud, credential)
    assert (await bearing.get("/v3/auth/projects")).status == 200
    assert (await bearing.get(f"/v3/projects/{cloud.red.project_id}")).status == 200
    for method, path in (("HEAD", "/v3/auth/projects"), ("GET", "/v3/auth/catalog"), ("GET", "/v3/auth/domains")):
        assert (await bearing.send(method, path)).status == 403
    again = await create(cloud, name="again", access_rules=[RULE])
    assert again.shown["access_rules"][0]["id"] in {rule["id"] for rule in credential.shown["access_rules"]}
    rules = (await cloud.red.http.must("GET", place(cloud, "access_rules")))["access_rules"]
    assert len(rules) == 2
    by_id = await create(cloud, name="by id", access_rules=[{"id": rules[0]["id"]}])
    for shown in (credential, again, by_id):
        assert (await cloud.red.http.send("DELETE", f"{place(cloud, 'access_rules')}/{rules[0]['id']}")).status == 403
        await cloud.red.http.must("DELETE", f"{place(cloud)}/{shown.id}")
    await cloud.red.http.must("DELETE", f"{place(cloud, 'access_rules')}/{rules[0]['id']}")
    assert (await cloud.red.http.get(f"{place(cloud, 'access_rules')}/{rules[0]['id']}")).status == 404


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"name": ""}, "name"),
        ({"secret": "x" * 129}, "secret"),
        ({"roles": [{}]}, "roles"),
        ({"roles": [{"id": "a", "name": "b"}]}, "roles"),
        ({"access_rules": [{"path": "/v3"}]}, "access_rules"),
        ({"access_rules": [RULE | {"method": "STEAL"}]}, "access_rules"),
        ({"access_rules": [RULE | {"path": "v3"}]}, "access_rules"),
        ({"access_rules": [{"id": "0" * 32}]}, "access_rules"),
        ({"project_id": "another"}, "project_id"),
    ],
    ids=str,
)
async def test_bad_credential_is_refused_by_the_name_of_its_attribute(
    cloud: Cloud, attributes: dict[str, Any], named: str
) -> None:
    answer = await try_to_create(cloud, **attributes)
    assert answer.status == 400
    assert named in answer.body["error"]["message"]
    assert (await cloud.red.http.must("GET", place(cloud)))["application_credentials"] == []


async def test_official_client_makes_uses_and_deletes_a_credential(openstack: OpenStack) -> None:
    made = await openstack("application", "credential", "create", "robot", "-f", "value", "-c", "id", "-c", "secret")
    credential_id, secret = made.words
    assert credential_id in (await openstack("application", "credential", "list", "-f", "value", "-c", "ID")).words
    as_robot = {
        **dict.fromkeys(("OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME"), ""),
        **dict.fromkeys(("OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"), ""),
        "OS_AUTH_TYPE": "v3applicationcredential",
        "OS_APPLICATION_CREDENTIAL_ID": credential_id,
        "OS_APPLICATION_CREDENTIAL_SECRET": secret,
    }
    assert "admin" in (await openstack("project", "list", "-f", "value", "-c", "Name", **as_robot)).words
    await openstack("application", "credential", "delete", "robot")
    assert (await openstack("project", "list", must=False, **as_robot)).code != 0
