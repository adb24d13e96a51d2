"""Rules of passwords and options of users, on a cloud whose settings ask for all of them."""

import pytest
from msgspec.structs import replace

from identity.passwords.rules import PasswordRules
from identity.settings import IdentitySettings
from tests.identity_http import by_password, by_token
from tests.real.identity.test_groups import make
from tests.tenants import PASSWORD, Cloud


@pytest.fixture
def identity_settings(identity_settings: IdentitySettings) -> IdentitySettings:
    """The settings of the cloud, with rules of passwords."""
    return replace(identity_settings, passwords=PasswordRules(regex=".{3,}", expires_days=90, unique_last_count=3))


async def change(cloud: Cloud, old: str, new: str) -> int:
    """The status of rose's own attempt."""
    rose = cloud.admin.bearing(await cloud.admin.token_of(by_password("rose", old)))
    body = {"user": {"original_password": old, "password": new}}
    return (await rose.send("POST", f"/v3/users/{cloud.red.user_id}/password", body)).status


async def test_password_is_none_of_the_last_ones_and_has_the_form_asked_for(cloud: Cloud) -> None:
    assert await change(cloud, PASSWORD, PASSWORD) == 400
    assert await change(cloud, PASSWORD, "no") == 400
    assert await change(cloud, PASSWORD, "second") == 204
    assert await change(cloud, "second", "third") == 204
    for used in (PASSWORD, "second", "third"):
        assert await change(cloud, "third", used) == 400
    assert await change(cloud, "third", "fourth") == 204
    assert await change(cloud, "fourth", PASSWORD) == 204
    weak = await cloud.admin.send("POST", "/v3/users", {"user": {"name": "x", "password": "no"}})
    assert (weak.status, "requirements" in weak.body["error"]["message"]) == (400, True)


async def test_expired_password_opens_nothing_until_it_is_set_anew(cloud: Cloud) -> None:
    path = f"/v3/users/{cloud.red.user_id}"
    assert (await cloud.admin.must("GET", path))["user"]["password_expires_at"]
    async with cloud.admin.server.database.connection() as connection:
        await connection.execute("UPDATE identity.users SET password_expires_at = now() WHERE name = 'rose'")
    refused = await cloud.admin.sign_in(by_password("rose", PASSWORD))
    assert (refused.status, "expired" in refused.body["error"]["message"]) == (401, True)
    wrong = await cloud.admin.sign_in(by_password("rose", "wrong"))
    assert (wrong.status, "expired" in wrong.body["error"]["message"]) == (401, False)
    expired = (await cloud.admin.must("GET", "/v3/users?password_expires_at=lt:2026-01-01T00:00:00Z"))["users"]
    assert expired == []
    later = (await cloud.admin.must("GET", "/v3/users?password_expires_at=lt:2990-01-01T00:00:00Z"))["users"]
    assert "rose" in [user["name"] for user in later]
    await cloud.admin.must("PATCH", path, {"user": {"options": {"ignore_password_expiry": True}}})
    assert (await cloud.admin.sign_in(by_password("rose", PASSWORD))).status == 201
    await cloud.admin.must("PATCH", path, {"user": {"options": {"ignore_password_expiry": None}}})
    assert (await cloud.admin.sign_in(by_password("rose", PASSWORD))).status == 401
    await cloud.admin.must("PATCH", path, {"user": {"password": "another"}})
    assert (await cloud.admin.sign_in(by_password("rose", "another"))).status == 201


async def test_locked_password_is_changed_by_administrators_alone(cloud: Cloud) -> None:
    path = f"/v3/users/{cloud.red.user_id}"
    changed = await cloud.admin.must("PATCH", path, {"user": {"options": {"lock_password": True}}})
    assert changed["user"]["options"] == {"lock_password": True}
    assert await change(cloud, PASSWORD, "another") == 403
    await cloud.admin.must("PATCH", path, {"user": {"password": "another"}})
    assert (await cloud.admin.sign_in(by_password("rose", "another"))).status == 201


async def test_threat_K16_single_factor_is_not_enough_where_two_are_asked_for(cloud: Cloud) -> None:
    token = cloud.red.http.token
    assert token is not None
    path = f"/v3/users/{cloud.red.user_id}"
    unknown = {"options": {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": [["fingerprint"]]}}
    refused = await cloud.admin.send("PATCH", path, {"user": unknown})
    assert (refused.status, "multi_factor_auth_rules" in refused.body["error"]["message"]) == (400, True)
    assert (await cloud.admin.must("GET", path))["user"]["options"] == {}
    both = {"options": {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": [["password", "token"]]}}
    await cloud.admin.must("PATCH", path, {"user": both})
    password = by_password("rose", PASSWORD)
    assert (await cloud.admin.sign_in(password)).status == 401
    proofs = password["identity"] | by_token(token)["identity"] | {"methods": ["password", "token"]}
    assert (await cloud.admin.sign_in({"identity": proofs})).status == 201


async def test_options_are_given_at_creation(cloud: Cloud) -> None:
    options = {"ignore_lockout_failure_attempts": True, "multi_factor_auth_rules": [["password"]]}
    user = await make(cloud.admin, "user", "users", name="new", options=options)
    assert (await cloud.admin.must("GET", f"/v3/users/{user}"))["user"]["options"] == options
