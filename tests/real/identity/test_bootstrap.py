"""Bootstrap: what it makes, and that it makes it once."""

from typing import Any

import msgspec
import pytest

from identity.bootstrap import bootstrap
from identity.settings import IdentitySettings
from runtime.database import Database
from runtime.settings import Secret
from tests.daemons.identity import IdentityServer, bootstrap_options
from tests.identity_http import Http, by_password, on_project

TABLES = (
    *("domains", "projects", "users", "roles", "role_implications", "assignments"),
    *("regions", "services", "endpoints", "revocations"),
)


async def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    async with database.snapshot() as connection:
        return {
            table: sorted(map(dict, await connection.fetch(f"SELECT * FROM identity.{table}")), key=str)
            for table in TABLES
        }


async def test_second_run_changes_nothing(identity_server: IdentityServer, identity_settings: IdentitySettings) -> None:
    before = await contents(identity_server.database)
    options = bootstrap_options(identity_server.url.removesuffix("/identity"))
    await bootstrap(identity_server.database, identity_settings, options)
    assert await contents(identity_server.database) == before
    assert {role["name"] for role in before["roles"]} == {"admin", "manager", "member", "reader", "service"}
    assert {project["name"] for project in before["projects"]} == {"admin", "service"}
    assert {user["name"] for user in before["users"]} == {"admin", "agent-host1"}


async def test_new_address_and_password_take_effect(
    identity_server: IdentityServer, identity_settings: IdentitySettings, admin: Http
) -> None:
    options = msgspec.structs.replace(bootstrap_options("https://cloud"), admin_password=Secret("another"))
    await bootstrap(identity_server.database, identity_settings, options)
    await identity_server.identity.feed.refresh()
    assert (await admin.get("/v3/users")).status == 401
    answer = await admin.bearing(None).sign_in(by_password("admin", "another", on_project("admin")))
    urls = {entry["type"]: entry["endpoints"][0]["url"] for entry in answer.body["token"]["catalog"]}
    assert urls["identity"] == "https://cloud/identity"
    assert urls["compute"] == "https://cloud/compute/v2.1"


async def test_second_run_opens_the_administrators_account_and_ends_no_token(
    identity_server: IdentityServer, identity_settings: IdentitySettings, admin: Http
) -> None:
    options = bootstrap_options(identity_server.url.removesuffix("/identity"))
    admin_id = (await admin.must("GET", "/v3/users?name=admin"))["users"][0]["id"]
    async with identity_server.database.connection() as connection:
        await connection.execute(
            "UPDATE identity.users SET password_expires_at = now(), last_active_at = current_date - 400"
        )
        statement = "INSERT INTO identity.failed_logins VALUES ('user/' || $1, $1, 9, now())"
        await connection.execute(statement, admin_id)
    await bootstrap(identity_server.database, identity_settings, options)
    async with identity_server.database.connection() as connection:
        assert await connection.fetch("SELECT FROM identity.failed_logins") == []
        kept = await connection.fetchrow("SELECT * FROM identity.users WHERE id = $1", admin_id)
    assert (kept["password_expires_at"], kept["last_active_at"] >= kept["password_set_at"].date()) == (None, True)
    await identity_server.identity.feed.refresh()
    assert (await admin.get("/v3/users")).status == 200


async def test_options_say_who_and_where(
    identity_server: IdentityServer, identity_settings: IdentitySettings, admin: Http
) -> None:
    options = msgspec.structs.replace(
        bootstrap_options("https://cloud"),
        admin_username="root",
        admin_project="wheel",
        admin_role="chief",
        region="Elsewhere",
        public_url="https://who",
        immutable_roles=True,
    )
    for _ in range(2):
        await bootstrap(identity_server.database, identity_settings, options)
    await identity_server.identity.feed.refresh()
    password = identity_server.admin_password
    login = await admin.bearing(None).sign_in(by_password("root", password, on_project("wheel")))
    shown = login.body["token"]
    assert (login.status, [role["name"] for role in shown["roles"]]) == (201, ["chief"])
    places = {
        (service["type"], endpoint["interface"]): endpoint["url"]
        for service in shown["catalog"]
        for endpoint in service["endpoints"]
        if endpoint["region"] == "Elsewhere"
    }
    assert places["identity", "public"] == "https://who"
    assert places["identity", "internal"] == "https://cloud/identity"
    assert places["image", "public"] == "https://cloud/image"
    roles = {role["name"]: role["options"] for role in (await admin.must("GET", "/v3/roles"))["roles"]}
    assert (roles["chief"], roles["admin"]) == ({"immutable": True}, {})


async def test_threat_K21_nothing_stored_is_a_password(identity_server: IdentityServer) -> None:
    stored = str(await contents(identity_server.database))
    assert identity_server.admin_password not in stored
    assert identity_server.agent_password not in stored


@pytest.mark.parametrize("life_s", [0, 59, 86401])
def test_token_life_has_bounds(identity_settings: IdentitySettings, life_s: float) -> None:
    with pytest.raises(ValueError, match="token_ttl_s"):
        IdentitySettings(key_directory=identity_settings.key_directory, token_ttl_s=life_s)
