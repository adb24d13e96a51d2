"""Address scopes over HTTP: the routes of a plain noun, and what sharing one means."""

import pytest

from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real


async def test_scope_is_made_shown_changed_and_removed(api: NetworkApi) -> None:
    scope = await api.make("address_scope", name="v6", ip_version=6)
    assert (scope["project_id"], scope["shared"], scope["revision_number"]) == ("red", False, 1)
    changed = await api.change("address_scope", scope["id"], name="six")
    assert (changed["name"], changed["ip_version"], changed["revision_number"]) == ("six", 6, 2)
    assert [found["id"] for found in await api.find("address-scopes?ip_version=6&name=six")] == [scope["id"]]
    await api.remove("address_scope", scope["id"])
    assert await api.find("address-scopes") == []


async def test_many_scopes_are_made_in_one_request_or_none(api: NetworkApi) -> None:
    body = {"address_scopes": [{"name": "a"}, {"name": "b", "ip_version": 6}]}
    made = await api.ask("POST", "/v2.0/address-scopes", body)
    assert (made.status, [scope["name"] for scope in made.body["address_scopes"]]) == (201, ["a", "b"])
    body = {"address_scopes": [{"name": "c"}, {"name": "d", "project_id": "blue"}]}
    assert (await api.ask("POST", "/v2.0/address-scopes", body)).status == 403
    assert len(await api.find("address-scopes")) == 2


async def test_scope_is_seen_by_others_only_when_an_administrator_shared_it(api: NetworkApi) -> None:
    own = await api.make("address_scope", name="own")
    refused = await api.ask("POST", "/v2.0/address-scopes", {"address_scope": {"shared": True}})
    assert refused.status == 403
    shared = await api.make("address_scope", who="admin", name="all", shared=True)
    assert [found["id"] for found in await api.find("address-scopes", who="bob")] == [shared["id"]]
    assert (await api.ask("GET", f"/v2.0/address-scopes/{own['id']}", who="bob")).status == 404
    assert (await api.ask("DELETE", f"/v2.0/address-scopes/{shared['id']}", who="bob")).status == 403
    refused = await api.ask(
        "PUT", f"/v2.0/address-scopes/{shared['id']}", {"address_scope": {"shared": False}}, who="admin"
    )
    assert (refused.status, refused.error["type"]) == (400, "AddressScopeUpdateError")


@pytest.mark.parametrize("attributes", [{"ip_version": 5}, {"name": 7}, {"colour": "red"}, {"name": "n" * 256}])
async def test_bad_attribute_is_named(api: NetworkApi, attributes: dict) -> None:
    answer = await api.ask("POST", "/v2.0/address-scopes", {"address_scope": attributes})
    assert answer.status == 400
    assert next(iter(attributes)) in answer.error["message"]
