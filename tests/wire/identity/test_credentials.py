"""Credentials that users keep, and signing in with one-time passcodes."""

import base64
import time
from typing import Any

import pytest

from identity.credentials.totp import STEP_S, passcode_at
from tests.identity_http import DEFAULT, Answer, Http, by_password
from tests.tenants import PASSWORD, Cloud
from tests.wire.identity.conftest import OpenStack

KEY = b"a seed of twenty byt"
SEED = base64.b32encode(KEY).decode()


async def try_to_keep(http: Http, **attributes: Any) -> Answer:
    return await http.send("POST", "/v3/credentials", {"credential": {"type": "cert", "blob": "content"} | attributes})


async def keep(http: Http, **attributes: Any) -> dict[str, Any]:
    answer = await try_to_keep(http, **attributes)
    assert answer.status == 201, answer.body
    return answer.body["credential"]


async def test_credential_is_kept_shown_changed_and_deleted(cloud: Cloud) -> None:
    kept = await keep(cloud.red.http, project_id=cloud.red.project_id)
    path = f"/v3/credentials/{kept['id']}"
    assert (kept["user_id"], kept["blob"]) == (cloud.red.user_id, "content")
    changed = await cloud.red.http.must("PATCH", path, {"credential": {"blob": "other"}})
    assert changed["credential"] == kept | {"blob": "other"}
    assert (await cloud.red.http.must("GET", path)) == changed
    assert (await cloud.red.http.must("GET", "/v3/credentials?type=cert"))["credentials"] == [changed["credential"]]
    await cloud.red.http.must("DELETE", path)
    assert (await cloud.red.http.get(path)).status == 404


@pytest.mark.parametrize("field", ["user_id", "project_id", "type"])
async def test_threat_k7_credential_never_moves_to_another_owner(cloud: Cloud, field: str) -> None:
    kept = await keep(cloud.red.http, project_id=cloud.red.project_id)
    other = {"user_id": cloud.blue.user_id, "project_id": cloud.blue.project_id, "type": "totp"}[field]
    for http in (cloud.red.http, cloud.admin):
        answer = await http.send("PATCH", f"/v3/credentials/{kept['id']}", {"credential": {field: other, "blob": "x"}})
        assert answer.status == 400
        assert field in answer.body["error"]["message"]
    assert (await cloud.red.http.must("GET", f"/v3/credentials/{kept['id']}"))["credential"] == kept


async def test_threat_k8_credentials_of_others_are_not_there(cloud: Cloud) -> None:
    kept = await keep(cloud.red.http)
    for method in ("GET", "PATCH", "DELETE"):
        body = {"credential": {"blob": "x"}} if method == "PATCH" else None
        assert (await cloud.blue.http.send(method, f"/v3/credentials/{kept['id']}", body)).status == 404
    for query in ("", f"?user_id={cloud.red.user_id}", "?limit=1", f"?marker={kept['id']}"):
        assert (await cloud.blue.http.get(f"/v3/credentials{query}")).body.get("credentials", []) == []
    assert (await try_to_keep(cloud.blue.http, user_id=cloud.red.user_id)).status == 403
    assert len((await cloud.admin.must("GET", f"/v3/credentials?user_id={cloud.red.user_id}"))["credentials"]) == 1


async def test_threat_k9_no_signature_opens_a_door(cloud: Cloud) -> None:
    """A credential of that type is content like any other."""
    assert (await try_to_keep(cloud.red.http, type="ec2", blob='{"access": "a", "secret": "s"}')).status == 201
    for path in ("/v3/ec2tokens", "/v3/s3tokens", f"/v3/users/{cloud.red.user_id}/credentials/OS-EC2"):
        for http in (cloud.red.http, cloud.admin.bearing(None)):
            assert (await http.send("POST", path, {"credentials": {}})).status == 404


async def test_threat_k21_seed_is_sealed_at_rest_and_never_shown(cloud: Cloud) -> None:
    answers = [await try_to_keep(cloud.red.http, type="totp", blob=SEED)]
    path = f"/v3/credentials/{answers[0].body['credential']['id']}"
    answers += [await http.get(where) for http in (cloud.red.http, cloud.admin) for where in (path, "/v3/credentials")]
    answers.append(await cloud.red.http.send("PATCH", path, {"credential": {"blob": SEED}}))
    assert all(answer.status < 300 and SEED not in str(answer.body) for answer in answers)
    content = await keep(cloud.red.http, blob="content in clear")
    async with cloud.admin.server.database.connection() as connection:
        rows = str([dict(row) for row in await connection.fetch("SELECT * FROM identity.credentials")])
    assert content["id"] in rows
    assert SEED not in rows
    assert "content in clear" not in rows


def by_passcode(passcode: str, user: str = "rose") -> dict[str, Any]:
    proof = {"name": user, "domain": DEFAULT, "passcode": passcode}
    return {"identity": {"methods": ["totp"], "totp": {"user": proof}}}


async def test_passcode_signs_its_user_in_once(cloud: Cloud) -> None:
    await keep(cloud.red.http, type="totp", blob=SEED)
    passcode = passcode_at(KEY, int(time.time()) // STEP_S)
    assert (await cloud.admin.sign_in(by_passcode(passcode, "bill"))).status == 401
    answer = await cloud.admin.sign_in(by_passcode(passcode))
    assert answer.body["token"]["methods"] == ["totp"]
    assert answer.body["token"]["user"]["id"] == cloud.red.user_id
    assert (await cloud.admin.sign_in(by_passcode(passcode))).status == 401
    for wrong in ("", "000000", passcode_at(KEY, int(time.time()) // STEP_S - 3)):
        assert (await cloud.admin.sign_in(by_passcode(wrong))).status == 401


async def test_threat_k16_user_with_a_rule_of_two_factors_needs_both(cloud: Cloud) -> None:
    await keep(cloud.red.http, type="totp", blob=SEED)
    options = {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": [["password", "totp"]]}
    await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", {"user": {"options": options}})
    assert (await cloud.admin.sign_in(by_password("rose", PASSWORD))).status == 401
    both = by_password("rose", PASSWORD)
    both["identity"] |= by_passcode(passcode_at(KEY, int(time.time()) // STEP_S))["identity"]
    both["identity"]["methods"] = ["password", "totp"]
    answer = await cloud.admin.sign_in(both)
    assert answer.body["token"]["methods"] == ["password", "totp"]


@pytest.mark.parametrize(
    "attributes",
    [{"blob": ""}, {"type": ""}, {"type": "totp", "blob": "!"}, {"type": "totp", "blob": "MFRGG"}],
    ids=str,
)
async def test_bad_credential_is_refused(cloud: Cloud, attributes: dict[str, Any]) -> None:
    assert (await try_to_keep(cloud.red.http, **attributes)).status == 400


async def test_official_client_keeps_and_deletes_a_credential(openstack: OpenStack) -> None:
    arguments = ("--type", "cert", "admin", "content", "-f", "value", "-c", "id")
    credential_id = (await openstack("credential", "create", *arguments)).out
    shown = await openstack("credential", "show", credential_id, "-f", "value", "-c", "blob")
    assert shown.out == "content"
    await openstack("credential", "delete", credential_id)
    assert credential_id not in (await openstack("credential", "list", "-f", "value", "-c", "ID")).words
