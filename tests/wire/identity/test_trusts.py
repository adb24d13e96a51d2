"""Trusts: rose of project red lets bill act there for her."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.daemons.identity import IdentityServer
from tests.identity_http import DEFAULT, Answer, Http, by_password, by_token, on_project
from tests.tenants import PASSWORD, Cloud
from tests.wire.identity.conftest import OpenStack
from tests.wire.identity.guard import check_guard

TRUSTS = "/v3/OS-TRUST/trusts"


def draft_of(cloud: Cloud, **attributes: Any) -> dict[str, Any]:
    return {
        "trustor_user_id": cloud.red.user_id,
        "trustee_user_id": cloud.blue.user_id,
        "project_id": cloud.red.project_id,
        "impersonation": True,
        "roles": [{"name": "reader"}],
    } | attributes


async def try_to_create(cloud: Cloud, http: Http | None = None, **attributes: Any) -> Answer:
    return await (http or cloud.red.http).send("POST", TRUSTS, {"trust": draft_of(cloud, **attributes)})


async def create(cloud: Cloud, **attributes: Any) -> dict[str, Any]:
    answer = await try_to_create(cloud, **attributes)
    assert answer.status == 201, answer.body
    return answer.body["trust"]


def by_trust(trust: dict[str, Any], user: str = "bill") -> dict[str, Any]:
    return by_password(user, PASSWORD, {"OS-TRUST:trust": {"id": trust["id"]}})


async def test_role_that_another_process_just_made_and_gave_is_given_on(
    cloud: Cloud, identity_server: IdentityServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a process that has not heard of it yet: its feed stands still."""
    feed = identity_server.identity.feed
    known = feed.roles
    await cloud.admin.must("POST", "/v3/roles", {"role": {"name": "new"}})
    (role,) = (await cloud.admin.must("GET", "/v3/roles?name=new"))["roles"]
    await cloud.admin.must("PUT", f"/v3/projects/{cloud.red.project_id}/users/{cloud.red.user_id}/roles/{role['id']}")

    async def hears_nothing() -> None:
        feed._refreshed_at = feed._clock()

    monkeypatch.setattr(feed, "refresh", hears_nothing)
    feed.roles = known
    trust = await create(cloud, roles=[{"id": role["id"]}])
    assert [given["name"] for given in trust["roles"]] == ["new"]
    place = f"/v3/users/{cloud.red.user_id}/application_credentials"
    draft = {"application_credential": {"name": "robot", "roles": [{"name": "new"}]}}
    made = (await cloud.red.http.must("POST", place, draft))["application_credential"]
    assert [given["name"] for given in made["roles"]] == ["new"]


@pytest.mark.parametrize("impersonation", [True, False])
async def test_trustee_acts_on_the_project_with_the_roles_that_were_given(cloud: Cloud, impersonation: bool) -> None:
    trust = await create(cloud, impersonation=impersonation)
    assert [role["name"] for role in trust["roles"]] == ["reader"]
    for auth in (by_trust(trust), by_token(cloud.blue.http.token, {"OS-TRUST:trust": {"id": trust["id"]}})):
        answer = await cloud.admin.sign_in(auth)
        assert answer.status == 201
        token = answer.body["token"]
        assert token["OS-TRUST:trust"] == {
            "id": trust["id"],
            "impersonation": impersonation,
            "trustor_user": {"id": cloud.red.user_id},
            "trustee_user": {"id": cloud.blue.user_id},
        }
        assert token["user"]["name"] == ("rose" if impersonation else "bill")
        assert token["project"]["id"] == cloud.red.project_id
        assert [role["name"] for role in token["roles"]] == ["reader"]
        bearer = cloud.admin.bearing(answer.headers["X-Subject-Token"])
        assert (await bearer.get(f"/v3/projects/{cloud.red.project_id}")).status == 200


async def test_parties_see_the_trust_and_its_roles_and_others_do_not(cloud: Cloud) -> None:
    trust = await create(cloud)
    place = f"{TRUSTS}/{trust['id']}"
    outsider = cloud.admin.bearing(
        await cloud.admin.token_of(by_password("agent-host1", cloud.admin.server.agent_password, on_project("service")))
    )
    for path in (place, f"{place}/roles", f"{place}/roles/{cloud.roles['reader']}"):
        for http in (cloud.red.http, cloud.blue.http, cloud.admin):
            assert (await http.get(path)).status == 200
        assert (await outsider.get(path)).status == 404
    assert (await cloud.red.http.get(f"{place}/roles/{cloud.roles['member']}")).status == 404
    given, taken = (f"{TRUSTS}?{party}_user_id=" for party in ("trustor", "trustee"))
    assert len((await cloud.red.http.must("GET", given + cloud.red.user_id))["trusts"]) == 1
    assert len((await cloud.blue.http.must("GET", taken + cloud.blue.user_id))["trusts"]) == 1
    assert (await cloud.blue.http.must("GET", given + cloud.blue.user_id))["trusts"] == []
    for spelling in (TRUSTS, f"{TRUSTS}/"):
        assert len((await cloud.admin.must("GET", spelling))["trusts"]) == 1
    for path in (TRUSTS, given + cloud.red.user_id, f"{given}{cloud.blue.user_id}&trustor_user_id={cloud.red.user_id}"):
        assert (await cloud.blue.http.get(path)).status == 403
    assert (await cloud.blue.http.send("DELETE", place)).status == 403
    assert (await outsider.send("DELETE", place)).status == 404


async def test_threat_K10_trust_gives_no_more_than_the_trustor_has_where_the_trust_says(cloud: Cloud) -> None:
    assert (await try_to_create(cloud, roles=[{"name": "admin"}])).status == 400
    assert (await try_to_create(cloud, roles=[{"id": cloud.roles["manager"]}])).status == 400
    assert (await try_to_create(cloud, project_id=cloud.blue.project_id)).status == 400
    assert (await try_to_create(cloud, trustor_user_id=cloud.blue.user_id)).status == 403
    assert (await try_to_create(cloud, cloud.admin)).status == 403
    trust = await create(cloud, roles=[{"name": "member"}])
    for user in ("rose", "admin"):
        password = PASSWORD if user == "rose" else cloud.admin.server.admin_password
        auth = by_password(user, password, {"OS-TRUST:trust": {"id": trust["id"]}})
        assert (await cloud.admin.sign_in(auth)).status == 401
    both = {"OS-TRUST:trust": {"id": trust["id"]}, "project": {"id": cloud.blue.project_id}}
    assert (await cloud.admin.sign_in(by_password("bill", PASSWORD, both))).status == 400
    token = await cloud.admin.token_of(by_trust(trust))
    grants = f"/v3/projects/{cloud.red.project_id}/users/{cloud.red.user_id}/roles"
    await cloud.admin.must("PUT", f"{grants}/{cloud.roles['reader']}")
    await cloud.admin.must("DELETE", f"{grants}/{cloud.roles['member']}")
    assert (await cloud.admin.bearing(token).get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(by_trust(trust))).status == 401


@pytest.mark.parametrize("impersonation", [True, False])
@pytest.mark.parametrize("party", ["red", "blue"])
async def test_threat_K11_trust_ends_with_either_party(cloud: Cloud, impersonation: bool, party: str) -> None:
    trust = await create(cloud, impersonation=impersonation)
    token = await cloud.admin.token_of(by_trust(trust))
    user_id = getattr(cloud, party).user_id
    await cloud.admin.must("PATCH", f"/v3/users/{user_id}", {"user": {"enabled": False}})
    assert (await cloud.admin.bearing(token).get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(by_trust(trust))).status == 401


@pytest.mark.parametrize("impersonation", [True, False])
async def test_threat_K11_trust_ends_with_the_domain_of_either_party(cloud: Cloud, impersonation: bool) -> None:
    domain = (await cloud.admin.must("POST", "/v3/domains", {"domain": {"name": "other"}}))["domain"]["id"]
    user = {"name": "theirs", "password": PASSWORD, "domain_id": domain}
    theirs = (await cloud.admin.must("POST", "/v3/users", {"user": user}))["user"]["id"]
    trust = await create(cloud, trustee_user_id=theirs, impersonation=impersonation)
    proof = {"user": {"id": theirs, "password": PASSWORD}}
    scope = {"OS-TRUST:trust": {"id": trust["id"]}}
    auth = {"identity": {"methods": ["password"], "password": proof}, "scope": scope}
    token = await cloud.admin.token_of(auth)
    await cloud.admin.must("PATCH", f"/v3/domains/{domain}", {"domain": {"enabled": False}})
    assert (await cloud.admin.bearing(token).get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(auth)).status == 401


async def test_threat_K1_deleted_trust_ends_its_tokens(cloud: Cloud) -> None:
    trust = await create(cloud)
    token = await cloud.admin.token_of(by_trust(trust))
    await cloud.red.http.must("DELETE", f"{TRUSTS}/{trust['id']}")
    assert (await cloud.admin.bearing(token).get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(by_trust(trust))).status == 401
    assert (await cloud.red.http.get(f"{TRUSTS}/{trust['id']}")).status == 404


async def test_threat_K6_token_of_a_trust_is_never_scoped_again(cloud: Cloud) -> None:
    token = await cloud.admin.token_of(by_trust(await create(cloud)))
    for scope in (None, on_project("red"), on_project("blue"), {"domain": DEFAULT}, {"system": {"all": True}}):
        assert (await cloud.admin.sign_in(by_token(token, scope))).status == 403


async def test_threat_K5_token_of_a_trust_opens_no_other_door(cloud: Cloud) -> None:
    project = (await cloud.admin.must("GET", "/v3/projects?name=admin"))["projects"][0]["id"]
    admin = (await cloud.admin.must("GET", "/v3/users?name=admin"))["users"][0]["id"]
    answer = await try_to_create(
        cloud, cloud.admin, trustor_user_id=admin, project_id=project, roles=[{"name": "admin"}]
    )
    token = await cloud.admin.token_of(by_trust(answer.body["trust"]))
    await check_guard(cloud, cloud.admin.bearing(token), unrestricted=False)


async def test_uses_are_counted_exactly_under_a_race(cloud: Cloud) -> None:
    trust = await create(cloud, remaining_uses=3)
    auth = by_token(cloud.blue.http.token, {"OS-TRUST:trust": {"id": trust["id"]}})
    answers = await asyncio.gather(*(cloud.admin.sign_in(auth) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [401] * 5
    assert (await cloud.red.http.get(f"{TRUSTS}/{trust['id']}")).status == 404


async def test_token_ends_with_its_trust(cloud: Cloud) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    trust = await create(cloud, expires_at=soon)
    assert trust["expires_at"] == soon
    assert (await cloud.admin.sign_in(by_trust(trust))).body["token"]["expires_at"] == soon
    async with cloud.admin.server.database.connection() as connection:
        await connection.execute("UPDATE identity.trusts SET expires_at = now()")
    assert (await cloud.admin.sign_in(by_trust(trust))).status == 401
    assert (await cloud.red.http.get(f"{TRUSTS}/{trust['id']}")).status == 404


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"roles": []}, "roles"),
        ({"expires_at": "bad.123Z"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"remaining_uses": 0}, "remaining_uses"),
        ({"redelegation_count": -1}, "redelegation_count"),
        ({"project_id": None}, "roles"),
        ({"impersonation": None}, "impersonation"),
    ],
    ids=str,
)
async def test_bad_trust_is_refused_by_the_name_of_its_attribute(
    cloud: Cloud, attributes: dict[str, Any], named: str
) -> None:
    answer = await try_to_create(cloud, **attributes)
    assert answer.status == 400
    assert named in answer.body["error"]["message"]
    assert (await try_to_create(cloud, trustee_user_id="0" * 32)).status == 404


async def test_official_client_gives_shows_and_ends_a_trust(openstack: OpenStack, cloud: Cloud) -> None:
    arguments = ("--project", "admin", "--role", "reader", "--impersonate", "admin", "bill", "-f", "value", "-c", "id")
    trust_id = (await openstack("trust", "create", *arguments)).out
    assert trust_id in (await openstack("trust", "list", "-f", "value", "-c", "ID")).words
    as_bill = {"OS_USERNAME": "bill", "OS_PASSWORD": PASSWORD, "OS_PROJECT_NAME": "", "OS_TRUST_ID": trust_id}
    as_bill |= {"OS_PROJECT_DOMAIN_NAME": ""}
    user_id = (await openstack("token", "issue", "-f", "value", "-c", "user_id", **as_bill)).out
    assert user_id == (await cloud.admin.must("GET", "/v3/users?name=admin"))["users"][0]["id"]
    await openstack("trust", "delete", trust_id)
    assert (await openstack("token", "issue", must=False, **as_bill)).code != 0
