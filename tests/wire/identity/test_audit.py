"""Who did what, and what was refused: events of the identity API, as an auditor reads them."""

import asyncio
import uuid
from typing import Any

import pytest

from identity.audit import keeping, refusals, store
from tests.daemons.identity import IdentityServer
from tests.identity_http import Answer, Http, by_password, on_project
from tests.tenants import PASSWORD, Cloud

READ_IN_S = 10
NO_SECRET = ("correct horse", "wrong horse", "password", "secret", "blob")


async def ask(http: Http, query: str = "") -> Answer:
    """The events, of an API that is no identity API but is served beside it."""
    address = http.server.url.replace("/identity", "/meridian/v1/audit/events")
    async with http.session.get(f"{address}?{query}", headers={"X-Auth-Token": http.token or ""}) as response:
        return Answer(response.status, await response.json(), response.headers.copy())


async def events(http: Http, query: str = "") -> list[dict[str, Any]]:
    answer = await ask(http, query)
    assert answer.status == 200, answer.body
    return answer.body["events"]


async def until(http: Http, query: str, count: int = 1) -> list[dict[str, Any]]:
    """The events once there are so many: what was refused is written within a second."""
    async with asyncio.timeout(READ_IN_S):
        while len(found := await events(http, query)) < count:
            await asyncio.sleep(0.05)
    return found


async def test_change_says_who_did_what_from_where(cloud: Cloud) -> None:
    made = await cloud.admin.send("POST", "/v3/projects", {"project": {"name": "x"}}, User_Agent="a tool")
    project_id = made.body["project"]["id"]
    (event,) = await events(cloud.admin, f"target_id={project_id}")
    request_id = made.headers["x-openstack-request-id"]
    assert event["typeURI"].startswith("http://schemas.dmtf.org/cloud/audit/")
    assert (event["eventType"], event["action"], event["outcome"]) == ("activity", "create", "success")
    assert event["target"] == {"typeURI": "identity/projects", "id": project_id}
    assert event["initiator"]["name"] == "admin"
    assert event["initiator"]["project_id"]
    assert event["initiator"]["domain_id"] == "default"
    assert event["initiator"]["host"]["address"] == "127.0.0.1"
    assert event["reason"] == {"policyId": "identity:create_project"}
    assert event["requestPath"] == "POST /identity/v3/projects"
    assert (event["requestId"], event["id"]) == (request_id, request_id.removeprefix("req-"))
    assert event["observer"]["typeURI"] == "service/identity"
    await cloud.admin.must("PATCH", f"/v3/projects/{project_id}", {"project": {"name": "y"}})
    await cloud.admin.must("DELETE", f"/v3/projects/{project_id}")
    assert [event["action"] for event in await events(cloud.admin, f"target_id={project_id}")] == [
        "delete",
        "update",
        "create",
    ]


async def test_change_and_its_event_are_there_together_or_not_at_all(
    cloud: Cloud, identity_server: IdentityServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that cannot be written takes the change along, and a change that is refused its event."""
    before = await events(cloud.admin)
    assert (await cloud.admin.send("POST", "/v3/projects", {"project": {"name": "red"}})).status == 409
    assert await events(cloud.admin) == before
    async with identity_server.database.connection() as connection:
        await connection.execute(
            "ALTER TABLE identity.audit_events ADD CONSTRAINT none CHECK (target_type = '') NOT VALID"
        )
        assert (await cloud.admin.send("POST", "/v3/projects", {"project": {"name": "unseen"}})).status >= 400
        await connection.execute("ALTER TABLE identity.audit_events DROP CONSTRAINT none")
    names = {item["name"] for item in (await cloud.admin.must("GET", "/v3/projects"))["projects"]}
    assert "unseen" not in names


async def test_reading_leaves_no_event(cloud: Cloud) -> None:
    before = await events(cloud.admin)
    await cloud.admin.must("GET", "/v3/users")
    await cloud.red.http.must("GET", "/v3/auth/projects")
    assert await events(cloud.admin) == before


async def test_refused_login_is_an_event_with_the_account_as_it_was_spelled(cloud: Cloud, anonymous: Http) -> None:
    name = f"nobody-{uuid.uuid4().hex}"
    await anonymous.sign_in(by_password(name, "wrong horse"))
    await anonymous.sign_in(by_password("rose", "wrong horse", on_project("red")))
    (known, unknown) = await until(cloud.admin, "action=authenticate&outcome=failure", 2)
    assert name in unknown["initiator"]["name"]
    assert unknown["initiator"]["id"] == ""
    assert known["initiator"]["id"] == cloud.red.user_id
    for event in (known, unknown):
        assert event["target"]["typeURI"] == "identity/auth/tokens"
        assert event["reason"]["reasonCode"] == "401"
        assert event["initiator"]["host"]["address"] == "127.0.0.1"


async def test_denied_request_is_an_event_with_the_rule_that_denied(cloud: Cloud) -> None:
    denied = await cloud.red.http.send("DELETE", f"/v3/projects/{cloud.red.project_id}")
    assert denied.status == 403
    (event,) = await until(cloud.admin, f"initiator_id={cloud.red.user_id}&outcome=failure")
    assert event["reason"] == {"policyId": "identity:delete_project", "reasonType": "HTTP", "reasonCode": "403"}
    assert event["target"] == {"typeURI": "identity/projects", "id": cloud.red.project_id}
    assert event["requestId"] == denied.headers["x-openstack-request-id"]


async def test_threat_Q5_refusals_again_and_again_are_counted_and_not_kept_one_by_one(
    cloud: Cloud, anonymous: Http, identity_server: IdentityServer
) -> None:
    for _ in range(5):
        await anonymous.sign_in(by_password("rose", "wrong horse"))
    identity_server.identity.refusals._close_window(now=True)
    counted, first = await until(cloud.admin, "action=authenticate", 2)
    assert (first["repeats"], counted["repeats"]) == (0, 4)


async def test_threat_Q3_refusals_of_many_fill_a_bounded_part_of_the_record(
    cloud: Cloud, identity_server: IdentityServer
) -> None:
    guard = identity_server.identity.refusals
    await cloud.red.http.send("DELETE", f"/v3/projects/{cloud.red.project_id}")
    (event,) = guard._seen.values()
    for number in range(10 * refusals.MOST):
        guard.tell(number, event)
    assert len(guard._seen) == refusals.MOST
    assert len(guard._unwritten) <= refusals.MOST + 1
    guard._close_window(now=True)
    await guard.flush()
    (others,) = (event for event in await events(cloud.admin, "outcome=failure&limit=1000") if event["repeats"])
    assert others["repeats"] == 10 * refusals.MOST - (refusals.MOST - 1)


async def test_password_that_is_changed_without_a_token_is_its_users_doing(cloud: Cloud) -> None:
    path = f"/v3/users/{cloud.red.user_id}/password"
    change = {"user": {"original_password": PASSWORD, "password": "another secret"}}
    await cloud.admin.bearing(None).must("POST", path, change)
    (event,) = await events(cloud.admin, f"target_id={cloud.red.user_id}&action=update/change_password")
    assert (event["initiator"]["id"], event["outcome"]) == (cloud.red.user_id, "success")
    assert (await cloud.admin.bearing(None).send("POST", path, change)).status == 401
    (refused,) = await until(cloud.admin, "outcome=failure&action=authenticate")
    assert refused["initiator"]["id"] == cloud.red.user_id


async def test_threat_S1_no_secret_and_no_body_is_in_any_event(cloud: Cloud, identity_server: IdentityServer) -> None:
    user = await cloud.admin.must("POST", "/v3/users", {"user": {"name": "u", "password": PASSWORD}})
    change = {"user": {"original_password": PASSWORD, "password": "another secret"}}
    await cloud.admin.must("POST", f"/v3/users/{user['user']['id']}/password", change)
    credential = {"credential": {"type": "cert", "blob": "a blob", "user_id": user["user"]["id"]}}
    await cloud.admin.must("POST", "/v3/credentials", credential)
    async with identity_server.database.connection() as connection:
        kept = await connection.fetch(
            "SELECT to_jsonb(e) - 'rule' - 'request_path' - 'action' AS e FROM identity.audit_events e"
        )
    assert kept
    for row in kept:
        assert not any(word in str(row["e"]) for word in NO_SECRET)
        assert str(cloud.admin.token) not in str(row["e"])


async def test_events_are_for_administrators_and_readers_of_the_system(cloud: Cloud, anonymous: Http) -> None:
    assert (await ask(anonymous)).status == 401
    assert (await ask(cloud.red.http)).status == 403
    await cloud.admin.must("PUT", f"/v3/system/users/{cloud.red.user_id}/roles/{cloud.roles['reader']}")
    auth = by_password("rose", PASSWORD, {"system": {"all": True}})
    auditor = cloud.admin.bearing(await cloud.admin.token_of(auth))
    assert (await ask(auditor)).status == 200


async def test_pages_and_times_bound_what_is_read(cloud: Cloud) -> None:
    for number in range(5):
        await cloud.admin.must("POST", "/v3/projects", {"project": {"name": f"p{number}"}})
    whole = await events(cloud.admin, "target_type=identity/projects&action=create")
    first = await ask(cloud.admin, "target_type=identity/projects&action=create&limit=3")
    rest = await ask(cloud.admin, f"target_type=identity/projects&action=create&before={first.body['next']}")
    assert first.body["events"] + rest.body["events"] == whole
    assert len(whole) == 7
    middle = whole[3]["eventTime"].replace("+", "%2B")
    assert await events(cloud.admin, f"target_type=identity/projects&since={middle}") == whole[:4]
    assert await events(cloud.admin, f"target_type=identity/projects&until={middle}") == whole[4:]
    assert await events(cloud.admin, "since=2099-01-01") == []
    assert len(await events(cloud.admin, "until=2099-01-01&limit=100000000")) >= 7
    beyond = ("since=0001-01-01T00:00:00%2B14:00", "until=9999-12-31T23:59:59-14:00")
    for query in ("colour=red", "limit=x", "before=-1", "since=yesterday", "action=%00", *beyond):
        assert (await ask(cloud.admin, query)).status == 400


async def test_old_events_go_in_small_lots_by_one_process(cloud: Cloud, identity_server: IdentityServer) -> None:
    async with identity_server.database.connection() as connection:
        await connection.execute("UPDATE identity.audit_events SET event_time = event_time - interval '91 days'")
        kept = await connection.fetchval("SELECT count(*) FROM identity.audit_events")
    await cloud.admin.must("POST", "/v3/projects", {"project": {"name": "new"}})
    async with identity_server.database.transaction() as holder:
        await holder.execute("SELECT pg_advisory_xact_lock($1)", store.PRUNING_LOCK)
        async with identity_server.database.connection() as connection:
            assert await store.prune(connection, 90 * 86_400, keeping.LOT) == 0
    async with identity_server.database.connection() as connection:
        assert await store.prune(connection, 90 * 86_400, 2) == 2
        assert await store.prune(connection, 90 * 86_400, keeping.LOT) == kept - 2
    (left,) = await events(cloud.admin)
    assert left["target"]["typeURI"] == "identity/projects"
