"""Trusts that are passed on: rose trusts bill, bill trusts iris with what rose gave, and so on; trusts without a project."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.identity_http import Answer, Http, by_token, on_project
from tests.tenants import PASSWORD, Cloud
from tests.wire.identity.guard import check_guard
from tests.wire.identity.test_trusts import TRUSTS, by_trust, create, draft_of

PASSED_ON = {"allow_redelegation": True, "roles": [{"name": "member"}]}


async def a_user(cloud: Cloud, name: str, **attributes: Any) -> str:
    draft = {"user": {"name": name, "password": PASSWORD} | attributes}
    return (await cloud.admin.must("POST", "/v3/users", draft))["user"]["id"]


async def bearer_of(cloud: Cloud, trust: dict[str, Any], user: str) -> Http:
    return cloud.admin.bearing(await cloud.admin.token_of(by_trust(trust, user)))


async def pass_on(cloud: Cloud, bearer: Http, trustee_id: str, **attributes: Any) -> Answer:
    """Another trust by the token of one; it names the token's user as trustor unless told otherwise."""
    shown = await bearer.get("/v3/auth/tokens", X_Subject_Token=bearer.token or "")
    draft = draft_of(cloud, trustor_user_id=shown.body["token"]["user"]["id"], trustee_user_id=trustee_id) | attributes
    return await bearer.send("POST", TRUSTS, {"trust": draft})


@pytest.mark.parametrize("impersonation", [True, False])
async def test_what_was_trusted_is_passed_on_as_often_as_the_first_trustor_said(
    cloud: Cloud, impersonation: bool
) -> None:
    iris, jack = await a_user(cloud, "iris"), await a_user(cloud, "jack")
    first = await create(cloud, impersonation=impersonation, redelegation_count=2, **PASSED_ON)
    assert (first["redelegation_count"], first["redelegated_trust_id"]) == (2, None)
    as_bill = await bearer_of(cloud, first, "bill")
    made = await pass_on(cloud, as_bill, iris, impersonation=impersonation, allow_redelegation=True)
    assert made.status == 201
    second = made.body["trust"]
    assert (second["redelegation_count"], second["redelegated_trust_id"]) == (1, first["id"])
    as_iris = await bearer_of(cloud, second, "iris")
    assert (await as_iris.get(f"/v3/projects/{cloud.red.project_id}")).status == 200
    made = await pass_on(cloud, as_iris, jack, impersonation=impersonation, allow_redelegation=True)
    third = made.body["trust"]
    assert (made.status, third["redelegation_count"]) == (201, 0)
    as_jack = await bearer_of(cloud, third, "jack")
    shown = (await as_jack.get("/v3/auth/tokens", X_Subject_Token=as_jack.token or "")).body["token"]
    assert shown["user"]["name"] == ("rose" if impersonation else "jack")
    assert [role["name"] for role in shown["roles"]] == ["reader"]
    refused = await pass_on(cloud, as_jack, iris, impersonation=impersonation)
    assert (refused.status, "delegated" in refused.body["error"]["message"]) == (403, True)


async def test_threat_K10_trust_that_is_passed_on_gives_no_more_than_it_was_given(cloud: Cloud) -> None:
    iris = await a_user(cloud, "iris")
    soon, later = ((datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for hours in (1, 2))
    given = {"allow_redelegation": True, "redelegation_count": 2, "expires_at": soon, "impersonation": False}
    first = await create(cloud, **given)
    as_bill = await bearer_of(cloud, first, "bill")
    grant = f"/v3/projects/{cloud.blue.project_id}/users/{cloud.blue.user_id}/roles/{cloud.roles['manager']}"
    await cloud.admin.must("PUT", grant)
    for attributes, status in (
        ({"roles": [{"name": "member"}]}, 400),
        ({"project_id": cloud.blue.project_id, "roles": [{"name": "member"}]}, 400),
        ({"project_id": cloud.blue.project_id}, 403),
        ({"project_id": None, "roles": []}, 403),
        ({"impersonation": True}, 403),
        ({"expires_at": later}, 403),
        ({"remaining_uses": 1}, 403),
        ({"allow_redelegation": True, "redelegation_count": 2}, 403),
        ({"trustor_user_id": cloud.red.user_id}, 403),
    ):
        refused = await pass_on(cloud, as_bill, iris, **{"impersonation": False} | attributes)
        assert refused.status == status, (attributes, refused)
    kept = await pass_on(cloud, as_bill, iris, impersonation=False)
    assert (kept.status, kept.body["trust"]["expires_at"], kept.body["trust"]["redelegation_count"]) == (201, soon, 0)
    await cloud.admin.must("PUT", grant.replace(cloud.blue.project_id, cloud.red.project_id))
    grants = f"/v3/projects/{cloud.red.project_id}/users/{cloud.red.user_id}/roles"
    as_iris = await bearer_of(cloud, kept.body["trust"], "iris")
    await cloud.admin.must("DELETE", f"{grants}/{cloud.roles['member']}")
    assert (await as_iris.get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(by_trust(kept.body["trust"], "iris"))).status == 401


@pytest.mark.parametrize("attributes", [{"redelegation_count": 4}, {"remaining_uses": 1}], ids=str)
async def test_trust_is_not_passed_on_beyond_the_settings(cloud: Cloud, attributes: dict[str, Any]) -> None:
    draft = draft_of(cloud, allow_redelegation=True, **attributes)
    assert (await cloud.red.http.send("POST", TRUSTS, {"trust": draft})).status == 403
    assert (await create(cloud, allow_redelegation=True))["redelegation_count"] == 3
    assert (await create(cloud, redelegation_count=2))["redelegation_count"] == 0


@pytest.mark.parametrize("event", ["trust", "user", "trustee", "domain"])
@pytest.mark.parametrize("impersonation", [True, False])
async def test_threat_K11_trust_ends_with_any_that_it_was_made_from(
    cloud: Cloud, event: str, impersonation: bool
) -> None:
    domain = (await cloud.admin.must("POST", "/v3/domains", {"domain": {"name": "other"}}))["domain"]["id"]
    iris, jack = await a_user(cloud, "iris", domain_id=domain), await a_user(cloud, "jack")
    first = await create(cloud, impersonation=impersonation, trustee_user_id=iris, **PASSED_ON)
    proof = {"user": {"id": iris, "password": PASSWORD}}
    scope = {"OS-TRUST:trust": {"id": first["id"]}}
    auth = {"identity": {"methods": ["password"], "password": proof}, "scope": scope}
    as_iris = cloud.admin.bearing(await cloud.admin.token_of(auth))
    second = (await pass_on(cloud, as_iris, jack, impersonation=impersonation)).body["trust"]
    as_jack = await bearer_of(cloud, second, "jack")
    assert (await as_jack.get("/v3/auth/projects")).status == 200
    off = {"enabled": False}
    match event:
        case "trust":
            await cloud.red.http.must("DELETE", f"{TRUSTS}/{first['id']}")
        case "user":
            await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", {"user": off})
        case "trustee":
            await cloud.admin.must("PATCH", f"/v3/users/{iris}", {"user": off})
        case "domain":
            await cloud.admin.must("PATCH", f"/v3/domains/{domain}", {"domain": off})
    assert (await as_jack.get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(by_trust(second, "jack"))).status == 401
    assert (await cloud.admin.get(f"{TRUSTS}/{second['id']}")).status == (404 if event == "trust" else 200)


async def test_threat_K5_token_of_a_trust_that_may_be_passed_on_opens_that_door_alone(cloud: Cloud) -> None:
    token = await cloud.admin.token_of(by_trust(await create(cloud, **PASSED_ON)))
    bearer = cloud.admin.bearing(token)
    for method, path in (("GET", TRUSTS), ("POST", "/v3/credentials")):
        refused = await bearer.send(method, path, {})
        assert (refused.status, "delegated" in refused.body["error"]["message"]) == (403, True)
    assert (await cloud.admin.sign_in(by_token(token, on_project("red")))).status == 403


async def test_trust_without_a_project_gives_a_token_without_a_scope(cloud: Cloud) -> None:
    trust = await create(cloud, project_id=None, roles=[])
    assert (trust["project_id"], trust["roles"]) == (None, [])
    login = await cloud.admin.sign_in(by_trust(trust))
    shown = login.body["token"]
    assert (login.status, shown["user"]["name"], shown["OS-TRUST:trust"]["id"]) == (201, "rose", trust["id"])
    assert not {"project", "domain", "system", "roles", "catalog"} & shown.keys()
    bearer = cloud.admin.bearing(login.headers["X-Subject-Token"])
    assert (await bearer.get(f"/v3/users/{cloud.red.user_id}")).status == 200
    assert (await bearer.get(f"/v3/projects/{cloud.red.project_id}")).status == 404
    assert (await cloud.admin.sign_in(by_token(bearer.token or "", on_project("red")))).status == 403
    await check_guard(cloud, bearer, unrestricted=False)
    await cloud.red.http.must("DELETE", f"{TRUSTS}/{trust['id']}")
    assert (await bearer.get("/v3/auth/projects")).status == 401
