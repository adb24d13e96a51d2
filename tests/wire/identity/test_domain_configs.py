"""The configuration of domains: what is set, shown, hidden and refused."""

import msgspec
import pytest

from tests.identity_http import Http, by_password
from tests.tenants import Cloud

pytestmark = pytest.mark.real
LDAP = {"url": "ldap://directory.invalid", "user": "cn=reader", "password": "seen by nobody", "page_size": 100}


@pytest.fixture
async def system(admin: Http) -> Http:
    """An administrator of the system, whose domain is corp."""
    auth = by_password("admin", admin.server.admin_password, {"system": {"all": True}})
    return admin.bearing(await admin.token_of(auth))


@pytest.fixture
async def path(system: Http) -> str:
    domain = (await system.must("POST", "/v3/domains", {"domain": {"name": "corp"}}))["domain"]
    return f"/v3/domains/{domain['id']}/config"


async def test_configuration_is_set_shown_changed_and_deleted_as_a_whole_and_in_parts(system: Http, path: str) -> None:
    assert (await system.get(path)).status == 404
    sent = {"config": {"identity": {"driver": "sql"}, "ldap": LDAP}}
    created = await system.send("PUT", path, sent)
    shown = {"config": {"identity": {"driver": "sql"}, "ldap": {k: v for k, v in LDAP.items() if k != "password"}}}
    assert (created.status, created.body) == (201, shown)
    assert (await system.send("PUT", path, sent)).status == 200
    assert (await system.get(path)).body == shown
    assert (await system.send("HEAD", path)).status == 200
    assert (await system.get(f"{path}/ldap")).body == {"config": {"ldap": shown["config"]["ldap"]}}
    assert (await system.get(f"{path}/ldap/page_size")).body == {"config": {"page_size": 100}}
    changed = await system.send("PATCH", f"{path}/ldap", {"config": {"ldap": {"query_scope": "sub"}}})
    assert changed.body["config"]["ldap"] == {**shown["config"]["ldap"], "query_scope": "sub"}
    changed = await system.send("PATCH", f"{path}/ldap/page_size", {"config": {"page_size": 7}})
    assert (changed.status, changed.body) == (200, {"config": {"page_size": 7}})
    assert (await system.send("DELETE", f"{path}/ldap/page_size")).status == 204
    assert (await system.get(f"{path}/ldap/page_size")).status == 404
    assert (await system.send("DELETE", f"{path}/ldap")).status == 204
    assert (await system.get(path)).body == {"config": {"identity": {"driver": "sql"}}}
    assert (await system.send("DELETE", path)).status == 204
    assert (await system.send("DELETE", path)).status == 404


async def test_threat_k21_password_of_a_directory_is_sealed_and_never_shown(system: Http, path: str) -> None:
    answers = [await system.send("PUT", path, {"config": {"ldap": LDAP}})]
    answers.append(await system.send("PATCH", path, {"config": {"ldap": {"password": "another secret"}}}))
    answers.append(await system.send("PATCH", f"{path}/ldap/password", {"config": {"password": "a third secret"}}))
    answers += [await system.get(f"{path}{part}") for part in ("", "/ldap", "/ldap/password")]
    assert [answer.status for answer in answers] == [201, 200, 200, 200, 200, 404]
    assert (await system.get("/v3/domains/config/ldap/password/default")).status == 403
    raw = msgspec.json.encode([answer.body for answer in answers])
    async with system.server.database.connection() as connection:
        rows = await connection.fetch("SELECT value::text, sealed FROM identity.domain_options")
    raw += b"".join(str(row["value"]).encode() + (row["sealed"] or b"") for row in rows)
    assert b"secret" not in raw
    assert b"seen by nobody" not in raw


@pytest.mark.parametrize(
    ("where", "config", "status", "names"),
    [
        ("", {}, 403, "No options"),
        ("", {"ldap": {}}, 403, "ldap"),
        ("", {"ldap": "text"}, 403, "ldap"),
        ("", {"fernet": {"max_active_keys": 3}}, 403, "fernet"),
        ("", {"ldap": {"colour": "blue"}}, 403, "colour"),
        ("", {"identity": {"driver": "oracle"}}, 400, "driver"),
        ("", {"ldap": {"url": "http://10.0.0.1"}}, 400, "url"),
        ("", {"ldap": {"url": "ldap://host/dc=base??sub"}}, 400, "url"),
        ("", {"ldap": {"url": "ldap://host:99999"}}, 400, "url"),
        ("", {"ldap": {"page_size": -1}}, 400, "page_size"),
        ("", {"ldap": {"user_filter": "(unclosed"}}, 400, "user_filter"),
        ("", {"ldap": {"user_id_attribute": "uid=*)(x"}}, 400, "user_id_attribute"),
        ("", {"ldap": {"chase_referrals": True}}, 400, "chase_referrals"),
        ("", {"ldap": {"use_tls": True, "url": "ldaps://host"}}, 400, "use_tls"),
        ("", {"ldap": {"tls_req_cert": "sometimes"}}, 400, "tls_req_cert"),
        ("/ldap", {"identity": {"driver": "sql"}}, 403, "ldap"),
        ("/ldap/url", {"page_size": 3}, 403, "url"),
        ("/fernet", {"fernet": {"x": 1}}, 403, "fernet"),
        ("/ldap/colour", {"colour": 1}, 403, "colour"),
        ("/ldap/page_size", {"page_size": 3}, 404, "page_size"),
    ],
)
async def test_bad_configuration_is_refused_and_changes_nothing(
    system: Http, path: str, where: str, config: object, status: int, names: str
) -> None:
    await system.must("PUT", path, {"config": {"ldap": {"url": "ldap://before.invalid"}}})
    refused = await system.send("PATCH", path + where, {"config": config})
    assert refused.status == status
    assert names in refused.body["error"]["message"]
    assert (await system.get(path)).body == {"config": {"ldap": {"url": "ldap://before.invalid"}}}


async def test_defaults_are_those_of_keystone(system: Http) -> None:
    shown = (await system.get("/v3/domains/config/default")).body["config"]
    assert shown["identity"] == {"driver": "sql"}
    assert shown["ldap"]["user_objectclass"] == "inetOrgPerson"
    assert "password" not in shown["ldap"]
    assert (await system.get("/v3/domains/config/identity/default")).body == {"config": {"identity": {"driver": "sql"}}}
    assert (await system.get("/v3/domains/config/ldap/query_scope/default")).body == {"config": {"query_scope": "one"}}
    assert (await system.get("/v3/domains/config/fernet/default")).status == 403


async def test_only_administrators_say_where_a_directory_is(admin: Http, cloud: Cloud, path: str) -> None:
    sent = {"config": {"ldap": LDAP}}
    for method in ("PUT", "PATCH", "DELETE"):
        assert (await cloud.red.http.send(method, path, None if method == "DELETE" else sent)).status == 403
    assert (await cloud.red.http.get(path)).status == 403
    assert (await admin.get(path)).status == 404
    assert (await admin.send("PUT", path, sent)).status == 201


async def test_domain_with_users_of_its_own_is_given_to_no_directory(system: Http, path: str) -> None:
    domain_id = path.split("/")[3]
    user = {"name": "rose", "domain_id": domain_id}
    user_id = (await system.must("POST", "/v3/users", {"user": user}))["user"]["id"]
    sent = {"config": {"identity": {"driver": "ldap"}, "ldap": LDAP}}
    assert (await system.send("PUT", path, sent)).status == 409
    assert (await system.get(path)).status == 404
    assert (await system.send("PUT", "/v3/domains/default/config", sent)).status == 403
    await system.must("DELETE", f"/v3/users/{user_id}")
    assert (await system.send("PUT", path, sent)).status == 201


async def test_configuration_of_no_domain_is_not_found(system: Http) -> None:
    for method in ("PUT", "PATCH", "GET", "DELETE"):
        content = {"config": {"ldap": LDAP}} if method in ("PUT", "PATCH") else None
        assert (await system.send(method, "/v3/domains/nowhere/config", content)).status == 404
