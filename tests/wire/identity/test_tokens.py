"""Tokens on the wire: how one is made, what it says, how it ends."""

import asyncio
import re
import time

import pytest
from msgspec.structs import replace

from identity.settings import EXPIRED_WINDOW_S
from identity.tokens.claims import LONGEST_CHAIN
from tests.daemons.identity import IdentityServer
from tests.identity_http import DEFAULT, Http, by_password, by_token, on_project
from tests.tenants import PASSWORD, Cloud

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
REFUSAL = {
    "error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}
}


async def test_project_token_shows_what_keystone_shows(cloud: Cloud) -> None:
    answer = await cloud.admin.sign_in(by_password("rose", PASSWORD, on_project("red")))
    token = answer.body["token"]
    assert answer.status == 201
    assert token.keys() == {
        *("methods", "user", "audit_ids", "expires_at", "issued_at", "project", "is_domain", "roles", "catalog")
    }
    assert token["methods"] == ["password"]
    domain = {"id": "default", "name": "Default"}
    assert token["user"] == {
        "id": cloud.red.user_id,
        "name": "rose",
        "domain": domain,
        "password_expires_at": None,
    }
    assert token["project"] == {"id": cloud.red.project_id, "name": "red", "domain": domain}
    assert [role["name"] for role in token["roles"]] == ["member", "reader"]
    assert MOMENT.fullmatch(token["expires_at"]) and MOMENT.fullmatch(token["issued_at"])
    assert {"compute", "identity", "image", "network"} <= {entry["type"] for entry in token["catalog"]}
    endpoint = next(entry for entry in token["catalog"] if entry["type"] == "network")["endpoints"][0]
    assert endpoint.keys() == {"id", "interface", "region", "region_id", "url"}


async def test_token_without_scope_has_neither_roles_nor_catalogue(cloud: Cloud) -> None:
    for scope in (None, "unscoped", {"unscoped": {}}):
        answer = await cloud.admin.sign_in(by_password("rose", PASSWORD, scope))
        assert answer.body["token"].keys() == {"methods", "user", "audit_ids", "expires_at", "issued_at"}


async def test_domain_and_system_tokens_name_their_scope(cloud: Cloud, identity_server: IdentityServer) -> None:
    grant = f"/v3/domains/default/users/{cloud.red.user_id}/roles/{cloud.roles['reader']}"
    await cloud.admin.must("PUT", grant)
    on_domain = await cloud.admin.sign_in(by_password("rose", PASSWORD, {"domain": {"name": "Default"}}))
    assert on_domain.body["token"]["domain"] == {"id": "default", "name": "Default"}
    system = {"system": {"all": True}}
    on_system = await cloud.admin.sign_in(by_password("admin", identity_server.admin_password, system))
    assert on_system.body["token"]["system"] == {"all": True}


async def test_default_project_is_the_scope_when_none_is_named(cloud: Cloud) -> None:
    change = {"user": {"default_project_id": cloud.red.project_id}}
    await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", change)
    answer = await cloud.admin.sign_in(by_password("rose", PASSWORD))
    assert answer.body["token"]["project"]["id"] == cloud.red.project_id
    change = {"user": {"default_project_id": cloud.blue.project_id}}
    await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", change)
    assert "project" not in (await cloud.admin.sign_in(by_password("rose", PASSWORD))).body["token"]


async def test_catalogue_is_left_out_on_request(cloud: Cloud) -> None:
    auth = by_password("rose", PASSWORD, on_project("red"))
    answer = await cloud.admin.send("POST", "/v3/auth/tokens?nocatalog", {"auth": auth})
    assert "catalog" not in answer.body["token"]


async def test_bearer_sees_own_token_and_administrator_any(cloud: Cloud) -> None:
    own = await cloud.red.http.get("/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)
    assert own.status == 200
    assert own.headers["X-Subject-Token"] == cloud.red.http.token
    assert own.body["token"]["project"]["id"] == cloud.red.project_id
    head = await cloud.red.http.send("HEAD", "/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)
    assert (head.status, head.body) == (200, None)
    assert (await cloud.admin.get("/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)).status == 200
    assert (await cloud.blue.http.get("/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)).status == 403
    assert (await cloud.admin.get("/v3/auth/tokens", X_Subject_Token="nonsense")).status == 404
    assert (await cloud.admin.get("/v3/auth/tokens")).status == 400


async def test_revoked_token_ends_and_no_other(cloud: Cloud) -> None:
    other = await cloud.admin.token_of(by_password("rose", PASSWORD, on_project("red")))
    ended = await cloud.red.http.send("DELETE", "/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)
    assert ended.status == 204
    assert (await cloud.red.http.get("/v3/auth/projects")).status == 401
    assert (await cloud.admin.sign_in(by_token(cloud.red.http.token))).status == 401
    assert (await cloud.admin.get("/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)).status == 404
    assert (await cloud.admin.bearing(other).get("/v3/auth/projects")).status == 200


async def test_bearer_sees_where_a_token_can_lead(cloud: Cloud) -> None:
    projects = await cloud.red.http.must("GET", "/v3/auth/projects")
    assert [project["name"] for project in projects["projects"]] == ["red"]
    assert (await cloud.red.http.must("GET", "/v3/auth/domains"))["domains"] == []
    assert (await cloud.red.http.must("GET", "/v3/auth/system"))["system"] == []
    assert (await cloud.admin.must("GET", "/v3/auth/system"))["system"] == [{"all": True}]
    catalog = await cloud.red.http.must("GET", "/v3/auth/catalog")
    assert "network" in {entry["type"] for entry in catalog["catalog"]}


async def test_threat_J7_rescoping_never_moves_the_expiry(cloud: Cloud) -> None:
    first = await cloud.admin.sign_in(by_password("rose", PASSWORD))
    token, ends = first.headers["X-Subject-Token"], first.body["token"]["expires_at"]
    for scope in [on_project("red"), "unscoped", on_project("red")] * 4:
        answer = await cloud.admin.sign_in(by_token(token, scope))
        assert answer.status == 201
        assert answer.body["token"]["expires_at"] == ends
        assert answer.body["token"]["methods"] == ["password", "token"]
        assert answer.body["token"]["audit_ids"][-1] == first.body["token"]["audit_ids"][0]
        token = answer.headers["X-Subject-Token"]


async def test_threat_J8_token_that_ends_takes_along_all_that_were_made_from_it_alone(cloud: Cloud) -> None:
    first = await cloud.admin.token_of(by_password("rose", PASSWORD))
    sibling = await cloud.admin.token_of(by_token(first, on_project("red")))
    second = await cloud.admin.token_of(by_token(first, on_project("red")))
    third = await cloud.admin.token_of(by_token(second, on_project("red")))
    fourth = await cloud.admin.token_of(by_token(third, "unscoped"))
    ended = await cloud.red.http.send("DELETE", "/v3/auth/tokens", X_Subject_Token=second)
    assert ended.status == 204
    for token, status in ((first, 200), (sibling, 200), (second, 401), (third, 401), (fourth, 401)):
        assert (await cloud.admin.bearing(token).get("/v3/auth/projects")).status == status
    assert (await cloud.admin.sign_in(by_token(fourth))).status == 401
    assert (await cloud.admin.sign_in(by_token(sibling))).status == 201


async def test_threat_J8_chain_too_long_to_be_carried_along_asks_for_a_new_login(cloud: Cloud) -> None:
    claims = cloud.admin.server.identity.verifier.verify(cloud.red.http.token)
    longest = replace(claims, audit_ids=(claims.jti, *(f"{n:032x}" for n in range(LONGEST_CHAIN - 1))))
    assert (await cloud.admin.sign_in(by_token(cloud.admin.server.identity.issuer.issue(longest)))).status == 403


async def test_expired_token_is_shown_to_who_asks_for_it(cloud: Cloud) -> None:
    identity = cloud.admin.server.identity
    claims = identity.verifier.verify(cloud.red.http.token)
    for age_s, status in ((60, 200), (EXPIRED_WINDOW_S + 60, 404)):
        end = time.time() - age_s
        expired = identity.issuer.issue(replace(claims, iat=end - 3600, exp=end))
        assert (await cloud.admin.get("/v3/auth/tokens", X_Subject_Token=expired)).status == 404
        for method in ("GET", "HEAD"):
            path = "/v3/auth/tokens?allow_expired=1"
            assert (await cloud.admin.send(method, path, X_Subject_Token=expired)).status == status
        assert (await cloud.admin.bearing(expired).get("/v3/auth/projects")).status == 401
    await cloud.red.http.send("DELETE", "/v3/auth/tokens", X_Subject_Token=cloud.red.http.token)
    ended = await cloud.admin.get("/v3/auth/tokens?allow_expired=1", X_Subject_Token=cloud.red.http.token)
    assert ended.status == 404


async def test_threat_K10_no_token_where_the_user_has_no_role(cloud: Cloud) -> None:
    for scope in (
        on_project("blue"),
        on_project("nowhere"),
        {"project": {"id": cloud.blue.project_id}},
        {"domain": DEFAULT},
        {"domain": {"name": "nowhere"}},
        {"system": {"all": True}},
    ):
        for auth in (by_password("rose", PASSWORD, scope), by_token(cloud.red.http.token, scope)):
            answer = await cloud.admin.sign_in(auth)
            assert (answer.status, answer.body) == (401, REFUSAL)


async def test_threat_K14_refusals_do_not_tell_which_accounts_exist(cloud: Cloud) -> None:
    await cloud.admin.must("POST", "/v3/users", {"user": {"name": "off", "password": PASSWORD, "enabled": False}})
    await cloud.admin.must("POST", "/v3/users", {"user": {"name": "nopassword"}})
    answers = [
        await cloud.admin.bearing(None).sign_in(by_password(name, password))
        for name, password in [
            *(("rose", "wrong"), ("nobody", PASSWORD), ("off", PASSWORD), ("off", "wrong")),
            *(("nopassword", PASSWORD), ("rose", ""), ("rose", None)),
        ]
    ]
    changing = {"Date", "x-openstack-request-id"}
    seen = [{name: value for name, value in answer.headers.items() if name not in changing} for answer in answers]
    assert all((answer.status, answer.body) == (401, REFUSAL) for answer in answers)
    assert all(headers == seen[0] for headers in seen)


async def test_threat_K15_long_passwords_and_many_methods_are_refused_unread(cloud: Cloud) -> None:
    assert (await cloud.admin.sign_in(by_password("rose", "x" * 65536))).status == 400
    auth = by_password("rose", PASSWORD)
    auth["identity"]["methods"] = ["password"] * 5
    assert (await cloud.admin.sign_in(auth)).status == 400
    auth["identity"]["methods"] = ["password"] * 4
    answer = await cloud.admin.sign_in(auth)
    assert answer.body["token"]["methods"] == ["password"]


async def test_threat_K15_logins_in_parallel_are_all_answered(cloud: Cloud) -> None:
    answers = await asyncio.gather(
        *(cloud.admin.sign_in(by_password("rose", PASSWORD)) for _ in range(30)),
        *(cloud.admin.get("/v3/users") for _ in range(30)),
    )
    assert {answer.status for answer in answers} == {200, 201}


@pytest.mark.parametrize("method", ["external", "totp", "application_credential", "", "PASSWORD"])
async def test_unknown_method_signs_nobody_in(anonymous: Http, method: str) -> None:
    auth = {"identity": {"methods": [method, "password"], "password": {"user": {"id": "x", "password": "x"}}}}
    assert (await anonymous.sign_in(auth)).status == 401


async def test_every_method_named_must_prove_the_same_user(cloud: Cloud) -> None:
    auth = by_password("rose", PASSWORD, on_project("red"))
    auth["identity"]["methods"] = ["password", "token"]
    auth["identity"]["token"] = {"id": cloud.blue.http.token}
    assert (await cloud.admin.sign_in(auth)).status == 401
    auth["identity"]["token"] = {"id": cloud.red.http.token}
    assert (await cloud.admin.sign_in(auth)).status == 201


FORGED = {
    "X-User-Id": "0",
    "X-Roles": "admin",
    "X-Project-Id": "0",
    "X-Domain-Id": "default",
    "X-Is-Admin": "true",
    "X-Is-Admin-Project": "True",
    "X-Service-Token": "x",
    "X-Identity-Status": "Confirmed",
    "X-Service-Roles": "admin",
    "Remote-User": "admin",
}


@pytest.mark.parametrize("header", FORGED)
async def test_threat_K13_identity_headers_of_a_client_are_never_read(cloud: Cloud, header: str) -> None:
    sent = {header.replace("-", "_"): FORGED[header]}
    assert (await cloud.red.http.get("/v3/users", **sent)).status == 403
    assert (await cloud.admin.bearing(None).get("/v3/users", **sent)).status == 401
    assert (await cloud.admin.get("/v3/users", **sent)).status == 200


async def test_threat_k14_failures_are_counted_whether_the_account_exists_or_not(cloud: Cloud) -> None:
    anonymous, bound = cloud.admin.bearing(None), cloud.admin.server.identity.settings.account_failures
    for name in ("rose", "nobody"):
        guesses = [by_password(name, f"guess {number}") for number in range(bound)]
        answers = await asyncio.gather(*(anonymous.sign_in(guess) for guess in guesses))
        assert {answer.status for answer in answers} == {401}
        refused = await anonymous.sign_in(by_password(name, PASSWORD))
        assert refused.status == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 4
    assert (await anonymous.sign_in(by_password("bill", PASSWORD))).status == 201
    assert (await anonymous.sign_in(by_token(cloud.red.http.token))).status == 201
