"""Accounts that are closed, absent or new, on a cloud whose settings ask for all of it."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from identity.passwords.rules import PasswordRules
from identity.settings import IdentitySettings
from tests.identity_http import Http, by_password, by_token
from tests.real.identity.processes import TwoProcesses
from tests.real.identity.test_groups import make
from tests.tenants import PASSWORD, Cloud

MOST = 3


@pytest.fixture
def identity_settings(identity_settings: IdentitySettings) -> IdentitySettings:
    rules = PasswordRules(lockout_failure_attempts=MOST, lockout_duration_s=600, inactive_days=30, minimum_age_days=1)
    return replace(identity_settings, passwords=rules)


async def try_often(http: Http, name: str, password: str = "wrong", times: int = MOST) -> set[int]:
    answers = await asyncio.gather(*(http.sign_in(by_password(name, password)) for _ in range(times)))
    return {answer.status for answer in answers}


async def run(cloud: Cloud, statement: str) -> None:
    async with cloud.admin.server.database.connection() as connection:
        await connection.execute(statement)


async def test_account_that_failed_too_often_is_closed_on_every_process(processes: TwoProcesses) -> None:
    cloud, second = processes.cloud, processes.second
    good = by_password("rose", PASSWORD)
    assert await try_often(cloud.admin, "rose", times=MOST - 1) == {401}
    assert (await second.sign_in(good)).status == 201
    assert await try_often(cloud.admin, "rose") == {401}
    wrong, nobody = await second.sign_in(by_password("rose", "wrong")), await second.sign_in(by_password("x", PASSWORD))
    for http in (cloud.admin, second):
        closed = await http.sign_in(good)
        assert (closed.status, closed.body) == (wrong.status, wrong.body) == (nobody.status, nobody.body)
    assert (await cloud.red.http.get("/v3/auth/projects")).status == 200
    assert (await second.sign_in(by_password("bill", PASSWORD))).status == 201
    await run(cloud, "UPDATE identity.failed_logins SET failed_at = now() - interval '601 s'")
    assert (await second.sign_in(good)).status == 201


async def test_threat_k15_guesses_at_once_are_counted_one_by_one(cloud: Cloud) -> None:
    assert await try_often(cloud.admin, "rose", times=2 * MOST) == {401}
    assert (await cloud.admin.sign_in(by_password("rose", PASSWORD))).status == 401
    async with cloud.admin.server.database.connection() as connection:
        kept = await connection.fetch("SELECT user_id, failures FROM identity.failed_logins")
    assert [tuple(row) for row in kept] == [(cloud.red.user_id, MOST)]


async def test_threat_k14_names_that_nobody_has_are_counted_in_rows_that_they_share(cloud: Cloud) -> None:
    for number in range(12):
        assert (await cloud.admin.sign_in(by_password(f"nobody {number}", "wrong"))).status == 401
    async with cloud.admin.server.database.connection() as connection:
        kept = await connection.fetch("SELECT account, failures FROM identity.failed_logins")
    assert sum(row["failures"] for row in kept) == 12
    assert all(row["account"].startswith("nobody/") for row in kept)
    assert (await cloud.admin.sign_in(by_password("rose", PASSWORD))).status == 201


async def test_administrator_opens_an_account_and_may_excuse_it(cloud: Cloud) -> None:
    path, good = f"/v3/users/{cloud.red.user_id}", by_password("rose", PASSWORD)
    await try_often(cloud.admin, "rose")
    assert (await cloud.admin.sign_in(good)).status == 401
    await cloud.admin.must("PATCH", path, {"user": {"enabled": True}})
    assert (await cloud.admin.sign_in(good)).status == 201
    await try_often(cloud.admin, "rose")
    await cloud.admin.must("PATCH", path, {"user": {"options": {"ignore_lockout_failure_attempts": True}}})
    assert (await cloud.admin.sign_in(good)).status == 201
    await cloud.admin.must("DELETE", path)


async def change(http: Http, user_id: str, old: str, new: str) -> int:
    body = {"user": {"original_password": old, "password": new}}
    return (await http.send("POST", f"/v3/users/{user_id}/password", body)).status


async def test_closed_account_changes_no_password(cloud: Cloud) -> None:
    anonymous = cloud.admin.bearing(None)
    for _ in range(MOST):
        assert await change(anonymous, cloud.red.user_id, "wrong", "another") == 401
    assert await change(anonymous, cloud.red.user_id, PASSWORD, "another") == 401
    assert (await cloud.admin.sign_in(by_password("rose", PASSWORD))).status == 401
    await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", {"user": {"enabled": True}})
    assert await change(anonymous, cloud.red.user_id, PASSWORD, "another") == 400, "the least age of a password"


async def test_user_who_was_long_away_is_disabled_until_an_administrator_says_otherwise(cloud: Cloud) -> None:
    path, good = f"/v3/users/{cloud.red.user_id}", by_password("rose", PASSWORD)

    async def is_enabled() -> Any:
        return (await cloud.admin.must("GET", path))["user"]["enabled"]

    await run(cloud, "UPDATE identity.users SET last_active_at = current_date - 20")
    assert (await cloud.admin.sign_in(good)).status == 201
    await run(cloud, "UPDATE identity.users SET last_active_at = last_active_at - 29")
    assert (await cloud.admin.sign_in(by_token(cloud.red.http.token or ""))).status == 201, "activity was noted"
    await run(cloud, "UPDATE identity.users SET last_active_at = last_active_at - 31 WHERE name = 'rose'")
    assert await is_enabled() is False
    assert (await cloud.admin.sign_in(good)).status == 401
    assert await change(cloud.admin.bearing(None), cloud.red.user_id, PASSWORD, "another") == 401
    listed = (await cloud.admin.must("GET", "/v3/users?name=rose"))["users"]
    assert [user["enabled"] for user in listed] == [False]
    await cloud.admin.must("PATCH", path, {"user": {"options": {"ignore_user_inactivity": True}}})
    assert await is_enabled() is True
    await cloud.admin.must("PATCH", path, {"user": {"options": {"ignore_user_inactivity": None}}})
    assert (await cloud.admin.must("PATCH", path, {"user": {"enabled": True}}))["user"]["enabled"] is True
    assert (await cloud.admin.sign_in(good)).status == 201


class TestFirstUse:
    @pytest.fixture
    def identity_settings(self, identity_settings: IdentitySettings) -> IdentitySettings:
        return replace(identity_settings, passwords=PasswordRules(change_upon_first_use=True, expires_days=30))

    async def test_password_that_somebody_else_set_is_changed_before_it_opens_anything(
        self, admin: Http, anonymous: Http
    ) -> None:
        iris = await make(admin, "user", "users", name="iris", password=PASSWORD)
        refused = await anonymous.sign_in(by_password("iris", PASSWORD))
        assert (refused.status, "needs to be changed" in refused.body["error"]["message"]) == (401, True)
        assert await change(anonymous, iris, "wrong", "another") == 401
        assert await change(anonymous, iris, PASSWORD, "another") == 204
        login = await anonymous.sign_in(by_password("iris", "another"))
        expiry = (await admin.must("GET", f"/v3/users/{iris}"))["user"]["password_expires_at"]
        assert (login.status, login.body["token"]["user"]["password_expires_at"]) == (201, expiry)
        await admin.must("PATCH", f"/v3/users/{iris}", {"user": {"password": PASSWORD}})
        assert (await anonymous.sign_in(by_password("iris", PASSWORD))).status == 401
        options = {"ignore_change_password_upon_first_use": True}
        await admin.must("PATCH", f"/v3/users/{iris}", {"user": {"options": options, "password": "third"}})
        assert (await anonymous.sign_in(by_password("iris", "third"))).status == 201
