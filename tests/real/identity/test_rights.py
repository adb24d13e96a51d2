"""Rights that end: every event, on two control processes of one cloud, with and without notifications."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from identity.revocations.feed import RightsFeed
from identity.revocations.store import CHANNEL, change_rights, revoke, select_since
from identity.settings import IdentitySettings
from runtime.database import Database, DatabaseSettings, open_session
from runtime.errors import Unavailable
from tests.daemons.identity import serve_identity
from tests.daemons.sandbox import free_port
from tests.identity_http import Http, by_password, by_token, on_project
from tests.real.identity.processes import TwoProcesses, until_refused
from tests.tenants import PASSWORD, Cloud


async def disable_user(cloud: Cloud) -> None:
    await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", {"user": {"enabled": False}})


async def set_password(cloud: Cloud) -> None:
    await cloud.admin.must("PATCH", f"/v3/users/{cloud.red.user_id}", {"user": {"password": "another"}})


async def change_password(cloud: Cloud) -> None:
    change = {"user": {"original_password": PASSWORD, "password": "another"}}
    await cloud.red.http.must("POST", f"/v3/users/{cloud.red.user_id}/password", change)


async def delete_user(cloud: Cloud) -> None:
    await cloud.admin.must("DELETE", f"/v3/users/{cloud.red.user_id}")


async def disable_project(cloud: Cloud) -> None:
    await cloud.admin.must("PATCH", f"/v3/projects/{cloud.red.project_id}", {"project": {"enabled": False}})


async def delete_project(cloud: Cloud) -> None:
    await cloud.admin.must("DELETE", f"/v3/projects/{cloud.red.project_id}")


async def take_role(cloud: Cloud) -> None:
    grant = f"/v3/projects/{cloud.red.project_id}/users/{cloud.red.user_id}/roles/{cloud.roles['member']}"
    await cloud.admin.must("DELETE", grant)


async def delete_role(cloud: Cloud) -> None:
    await cloud.admin.must("DELETE", f"/v3/roles/{cloud.roles['member']}")


async def rename_role(cloud: Cloud) -> None:
    await cloud.admin.must("PATCH", f"/v3/roles/{cloud.roles['member']}", {"role": {"name": "guest"}})


async def end_token(cloud: Cloud) -> None:
    token = cloud.red.http.token
    assert (await cloud.admin.send("DELETE", "/v3/auth/tokens", X_Subject_Token=token)).status == 204


EVENTS = [
    *(disable_user, set_password, change_password, delete_user, disable_project, delete_project),
    *(take_role, delete_role, rename_role, end_token),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
async def test_threat_K1_right_that_is_lost_ends_tokens_on_every_process(
    processes: TwoProcesses, event: Callable[[Cloud], Awaitable[None]]
) -> None:
    cloud, tenant = processes.cloud, processes.cloud.red
    rescoped = await cloud.admin.token_of(by_token(tenant.http.token, on_project("red")))
    bearers = [
        http.bearing(token) for http in (cloud.admin, processes.second) for token in (tenant.http.token, rescoped)
    ]
    for bearer in bearers:
        assert (await bearer.get("/v3/auth/projects")).status == 200
    await event(cloud)
    for bearer in bearers:
        if bearer.server is cloud.admin.server:
            assert (await bearer.get("/v3/auth/projects")).status == 401
        await until_refused(bearer)
    assert (await processes.second.bearing(cloud.blue.http.token).get("/v3/auth/tokens")).status == (
        401 if event in (delete_role, rename_role) else 400
    )


async def test_threat_K1_disabled_and_deleted_domain_ends_its_users_and_projects(processes: TwoProcesses) -> None:
    admin = processes.cloud.admin
    domain = (await admin.must("POST", "/v3/domains", {"domain": {"name": "other"}}))["domain"]["id"]
    user = {"name": "theirs", "password": PASSWORD, "domain_id": domain}
    await admin.must("POST", "/v3/users", {"user": user})
    proof = {"user": {"name": "theirs", "domain": {"id": domain}, "password": PASSWORD}}
    auth = {"identity": {"methods": ["password"], "password": proof}}
    token = await admin.token_of(auth)
    await admin.must("PATCH", f"/v3/domains/{domain}", {"domain": {"enabled": False}})
    assert (await admin.bearing(token).get("/v3/auth/projects")).status == 401
    await until_refused(processes.second.bearing(token))
    assert (await admin.sign_in(auth)).status == 401
    await admin.must("PATCH", f"/v3/domains/{domain}", {"domain": {"enabled": True}})
    fresh = await admin.token_of(auth)
    assert (await admin.bearing(token).get("/v3/auth/projects")).status == 401
    assert (await processes.second.bearing(fresh).get("/v3/auth/projects")).status == 200


async def test_right_that_is_given_back_works_with_a_new_token_at_once(processes: TwoProcesses) -> None:
    cloud = processes.cloud
    await take_role(cloud)
    grant = f"/v3/projects/{cloud.red.project_id}/users/{cloud.red.user_id}/roles/{cloud.roles['member']}"
    await cloud.admin.must("PUT", grant)
    token = await cloud.admin.token_of(by_password("rose", PASSWORD, on_project("red")))
    assert (await processes.second.bearing(token).get("/v3/auth/projects")).status == 200
    assert (await cloud.red.http.get("/v3/auth/projects")).status == 401


async def test_threat_J10_revocation_arrives_by_the_timer_when_notifications_are_cut(
    processes: TwoProcesses, database_settings: DatabaseSettings
) -> None:
    cloud = processes.cloud
    bearer = processes.second.bearing(cloud.red.http.token)
    assert (await bearer.get("/v3/auth/projects")).status == 200
    async with cloud.admin.server.database.transaction() as connection:
        await change_rights(connection)
        await revoke(connection, [f"user/{cloud.red.user_id}"])
    await until_refused(bearer)


async def test_threat_J10_listening_resumes_after_its_connections_were_lost(processes: TwoProcesses) -> None:
    cloud = processes.cloud
    database = cloud.admin.server.database
    async with asyncio.timeout(10):
        while len(await listeners(database)) < 2:
            await asyncio.sleep(0.01)
    lost = await listeners(database)
    async with database.connection() as connection:
        await connection.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", list(lost))
    async with asyncio.timeout(10):
        while len(await listeners(database) - lost) < 2:
            await asyncio.sleep(0.01)
    await disable_user(cloud)
    await until_refused(processes.second.bearing(cloud.red.http.token))


async def listeners(database: Database) -> set[int]:
    """The backends that wait for our notifications."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = $1",
            f'LISTEN "{CHANNEL}"',
        )
    return {row["pid"] for row in rows}


async def test_threat_J10_revocations_survive_a_restart(
    processes: TwoProcesses, identity_settings: IdentitySettings, database_settings: DatabaseSettings
) -> None:
    await end_token(processes.cloud)
    async with serve_identity(identity_settings, database_settings, free_port()) as third:
        bearer = Http(third, processes.second.session, processes.cloud.red.http.token)
        assert (await bearer.get("/v3/auth/projects")).status == 401


async def test_threat_J10_feed_that_is_too_old_denies(database_settings: DatabaseSettings) -> None:
    now = 0.0
    database = await Database.open(database_settings)
    try:
        feed = RightsFeed(database, database_settings, period_s=2, limit_s=30, clock=lambda: now)
        with pytest.raises(Unavailable):
            feed.revoked(("user/x",), 0)
        await feed.refresh()
        now = 30.0
        assert not feed.revoked(("user/x",), 0)
        now = 30.1
        with pytest.raises(Unavailable):
            feed.revoked(("user/x",), 0)
    finally:
        await database.close()


async def test_threat_K1_no_login_that_races_with_disabling_leaves_a_token(processes: TwoProcesses) -> None:
    cloud = processes.cloud
    auth = by_token(cloud.red.http.token, on_project("red"))
    issued: list[str] = []

    async def sign_in(http: Http) -> None:
        while (answer := await http.sign_in(auth)).status == 201:
            issued.append(answer.headers["X-Subject-Token"])

    racing = [asyncio.create_task(sign_in(http)) for http in (cloud.admin, processes.second) for _ in range(4)]
    async with asyncio.timeout(60):
        while len(issued) < 20:
            await asyncio.sleep(0)
        await disable_user(cloud)
        await asyncio.gather(*racing)
    assert len(issued) >= 20
    for token in issued:
        assert (await cloud.admin.bearing(token).get("/v3/auth/projects")).status == 401


async def test_login_waits_for_a_change_of_rights_under_way_and_sees_it(processes: TwoProcesses) -> None:
    cloud = processes.cloud
    async with cloud.admin.server.database.transaction() as connection:
        await change_rights(connection)
        await connection.execute("UPDATE identity.users SET enabled = false WHERE id = $1", cloud.red.user_id)
        login = asyncio.create_task(processes.second.sign_in(by_password("rose", PASSWORD, on_project("red"))))
        async with asyncio.timeout(10):
            while not await connection.fetchval(
                "SELECT true FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND mode = 'ShareLock' LIMIT 1"
            ):
                assert not login.done()
                await asyncio.sleep(0.01)
    assert (await login).status == 401


async def test_reader_misses_no_revocation_whatever_the_order_of_commits(
    database_settings: DatabaseSettings,
) -> None:
    """A transaction that began early and commits late lies behind the horizon of nobody."""
    database = await Database.open(database_settings)
    late = await open_session(database_settings)
    try:
        transaction = late.transaction()
        await transaction.start()
        await revoke(late, ["user/late"])
        async with database.transaction() as connection:
            await revoke(connection, ["user/early"])
        horizon, seen = await read(database, "0")
        assert [revocation.subject for revocation in seen] == ["user/early"]
        await transaction.commit()
        _, seen = await read(database, horizon)
        assert "user/late" in [revocation.subject for revocation in seen]
    finally:
        await late.close()
        await database.close()


async def read(database: Database, horizon: str) -> tuple[str, list]:
    async with database.snapshot() as connection:
        return await select_since(connection, horizon)


async def test_revoking_again_keeps_one_row_and_the_latest_time(database_settings: DatabaseSettings) -> None:
    connection: asyncpg.Connection = await open_session(database_settings)
    try:
        for _ in range(3):
            await revoke(connection, ["user/x", "user/x"])
        _, (first,) = await select_since(connection, "0")
        await revoke(connection, ["user/x"])
        _, (second,) = await select_since(connection, "0")
        assert second.issued_before > first.issued_before
    finally:
        await connection.close()
