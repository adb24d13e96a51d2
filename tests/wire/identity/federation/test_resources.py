"""Identity providers, protocols and mappings as the API has them."""

import json
from typing import Any

import pytest

from tests.identity_http import Http
from tests.tenants import Cloud
from tests.wire.identity.federation.conftest import PREFIX, RULES

PROVIDERS = f"{PREFIX}/identity_providers"
MAPPINGS = f"{PREFIX}/mappings"


async def put(http: Http, path: str, noun: str, **attributes: Any) -> Any:
    return (await http.must("PUT", path, {noun: attributes}))[noun]


async def test_provider_has_its_attributes_and_a_domain_of_its_own(admin: Http) -> None:
    made = await put(admin, f"{PROVIDERS}/forge", "identity_provider", remote_ids=["b", "a"], description="Où")
    domain_id = made["domain_id"]
    assert made == {
        "id": "forge",
        "domain_id": domain_id,
        "enabled": False,
        "description": "Où",
        "authorization_ttl": None,
        "remote_ids": ["a", "b"],
        "links": {
            "self": f"{admin.server.url}{PROVIDERS}/forge",
            "protocols": f"{admin.server.url}{PROVIDERS}/forge/protocols",
        },
    }
    assert (await admin.must("GET", f"/v3/domains/{domain_id}"))["domain"]["enabled"]
    assert (await admin.must("GET", f"{PROVIDERS}/forge"))["identity_provider"] == made
    change = {"identity_provider": {"enabled": True, "authorization_ttl": 5, "remote_ids": ["c"], "description": None}}
    changed = (await admin.must("PATCH", f"{PROVIDERS}/forge", change))["identity_provider"]
    assert changed == made | {"enabled": True, "authorization_ttl": 5, "remote_ids": ["c"], "description": None}
    await put(admin, f"{PROVIDERS}/other", "identity_provider", domain_id="default", id="other")
    for query, names in (("", ["forge", "other"]), ("?enabled=true", ["forge"]), ("?id=other", ["other"])):
        listed = (await admin.must("GET", PROVIDERS + query))["identity_providers"]
        assert [provider["id"] for provider in listed] == names
    assert (await admin.send("DELETE", f"/v3/domains/{domain_id}")).status == 403
    await admin.must("PATCH", f"/v3/domains/{domain_id}", {"domain": {"enabled": False}})
    refused = await admin.send("DELETE", f"/v3/domains/{domain_id}")
    assert (refused.status, "identity provider" in refused.body["error"]["message"]) == (409, True)
    assert (await admin.send("DELETE", f"{PROVIDERS}/forge")).status == 204
    assert (await admin.send("DELETE", f"{PROVIDERS}/forge")).status == 404
    assert (await admin.send("DELETE", f"/v3/domains/{domain_id}")).status == 204


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        ({"remote_ids": "a"}, "remote_ids"),
        ({"remote_ids": ["a", "a"]}, "remote_ids"),
        ({"remote_ids": ["a b"]}, "remote_ids"),
        ({"enabled": "yes"}, "enabled"),
        ({"authorization_ttl": -1}, "authorization_ttl"),
        ({"authorization_ttl": "5"}, "authorization_ttl"),
        ({"issuer": "x"}, "issuer"),
        ({"id": "other"}, "forge"),
        ({"domain_id": "absent"}, "absent"),
    ],
    ids=str,
)
async def test_bad_provider_is_refused_and_nothing_is_made(admin: Http, draft: dict[str, Any], words: str) -> None:
    refused = await admin.send("PUT", f"{PROVIDERS}/forge", {"identity_provider": draft})
    assert refused.status in (400, 404)
    assert words in refused.body["error"]["message"]
    assert (await admin.get(f"{PROVIDERS}/forge")).status == 404
    assert len((await admin.must("GET", "/v3/domains"))["domains"]) == 1


async def test_names_are_unique_and_stand_in_paths(admin: Http) -> None:
    await put(admin, f"{PROVIDERS}/forge", "identity_provider")
    assert (await admin.send("PUT", f"{PROVIDERS}/forge", {"identity_provider": {}})).status == 409
    for name in ("x" * 65, "a%20b", "a%3Fb", "a%23b"):
        assert (await admin.send("PUT", f"{PROVIDERS}/{name}", {"identity_provider": {}})).status == 400
    assert (
        await admin.send("PATCH", f"{PROVIDERS}/forge", {"identity_provider": {"domain_id": "default"}})
    ).status == 400
    assert (await admin.send("PATCH", f"{PROVIDERS}/absent", {"identity_provider": {}})).status == 404


async def test_protocol_joins_a_provider_and_a_mapping(admin: Http) -> None:
    await put(admin, f"{PROVIDERS}/forge", "identity_provider")
    await put(admin, f"{MAPPINGS}/people", "mapping", rules=RULES)
    place = f"{PROVIDERS}/forge/protocols"
    made = await put(admin, f"{place}/openid", "protocol", mapping_id="people", remote_id_attribute="HTTP_OIDC_ISS")
    assert made == {
        "id": "openid",
        "mapping_id": "people",
        "remote_id_attribute": "HTTP_OIDC_ISS",
        "links": {
            "self": f"{admin.server.url}{place}/openid",
            "identity_provider": f"{admin.server.url}{PROVIDERS}/forge",
        },
    }
    assert (await admin.must("GET", f"{place}/openid"))["protocol"] == made
    assert (await admin.must("GET", place))["protocols"] == [made]
    assert (await admin.send("PUT", f"{place}/openid", {"protocol": {"mapping_id": "people"}})).status == 409
    for path, draft, words in (
        ("saml", {"mapping_id": "absent"}, "mapping_id"),
        ("saml", {}, "mapping_id"),
        ("password", {"mapping_id": "people"}, "password"),
        ("token", {"mapping_id": "people"}, "token"),
    ):
        refused = await admin.send("PUT", f"{place}/{path}", {"protocol": draft})
        assert (refused.status, words in refused.body["error"]["message"]) == (400, True)
    assert (await admin.send("PATCH", f"{place}/openid", {"protocol": {"mapping_id": "absent"}})).status == 400
    for path in (f"{place}/absent", f"{PROVIDERS}/absent/protocols/openid", f"{PROVIDERS}/absent/protocols"):
        assert (await admin.get(path)).status == 404
    assert (
        await admin.send("PUT", f"{PROVIDERS}/absent/protocols/x", {"protocol": {"mapping_id": "people"}})
    ).status == 404
    assert (await admin.send("DELETE", f"{place}/openid")).status == 204
    assert (await admin.send("DELETE", f"{place}/openid")).status == 404


async def test_mapping_keeps_its_rules_as_they_were_written(admin: Http) -> None:
    place = f"{MAPPINGS}/people"
    made = await put(admin, place, "mapping", rules=RULES, id="people")
    assert (made["rules"], made["schema_version"]) == (RULES, "1.0")
    assert made["links"] == {"self": f"{admin.server.url}{place}"}
    assert (await admin.must("GET", place))["mapping"] == made
    assert (await admin.must("GET", MAPPINGS))["mappings"] == [made]
    assert (await admin.send("PUT", place, {"mapping": {"rules": RULES}})).status == 409
    changed = (await admin.must("PATCH", place, {"mapping": {"schema_version": "2.0"}}))["mapping"]
    assert (changed["rules"], changed["schema_version"]) == (RULES, "2.0")
    bad = [RULES[0], {"local": [{"user": {"name": "{3}"}}], "remote": [{"type": "x"}]}]
    for method, path in (("PATCH", place), ("PUT", f"{MAPPINGS}/other")):
        refused = await admin.send(method, path, {"mapping": {"rules": bad}})
        assert refused.status == 400
        assert "mapping.rules[1].local[0].user.name: {3}" in refused.body["error"]["message"]
    assert (await admin.must("GET", place))["mapping"] == changed
    assert (await admin.send("DELETE", place)).status == 204
    for method, content in (("GET", None), ("PATCH", {"mapping": {}}), ("DELETE", None)):
        assert (await admin.send(method, place, content)).status == 404


async def test_federation_is_the_administrators(cloud: Cloud) -> None:
    await put(cloud.admin, f"{MAPPINGS}/people", "mapping", rules=RULES)
    await put(cloud.admin, f"{PROVIDERS}/forge", "identity_provider")
    for method, path in (
        *(("GET", path) for path in (PROVIDERS, f"{PROVIDERS}/forge", f"{PROVIDERS}/forge/protocols", MAPPINGS)),
        *((method, f"{PROVIDERS}/forge") for method in ("PATCH", "DELETE")),
        *((method, f"{MAPPINGS}/people") for method in ("GET", "PATCH", "DELETE")),
        *((method, f"{PROVIDERS}/forge/protocols/openid") for method in ("GET", "PUT", "PATCH", "DELETE")),
    ):
        body = {
            "PUT": {"protocol": {"mapping_id": "people"}},
            "PATCH": {path.split("/")[-2].removesuffix("s"): {}},
        }.get(method)
        answer = await cloud.red.http.send(method, path, body)
        assert answer.status == 403, (method, path, json.dumps(answer.body))


async def test_service_providers_and_browsers_are_not_offered(admin: Http) -> None:
    for path in (f"{PREFIX}/service_providers", "/v3/auth/OS-FEDERATION/websso/openid", f"{PREFIX}/saml2/metadata"):
        assert (await admin.get(path)).status == 404
