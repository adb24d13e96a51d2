"""The option `immutable` of domains, projects and roles: nothing of them changes until it is taken away."""

from typing import Any

import pytest

from tests.identity_http import Http
from tests.wire.identity.conftest import OpenStack

IMMUTABLE = {"options": {"immutable": True}}


@pytest.mark.parametrize(("noun", "collection"), [("domain", "domains"), ("project", "projects"), ("role", "roles")])
async def test_immutable_resource_is_neither_changed_nor_deleted_until_the_option_is_taken_away(
    admin: Http, noun: str, collection: str
) -> None:
    draft = {noun: {"name": "rock", **IMMUTABLE} | ({"enabled": False} if noun == "domain" else {})}
    made = (await admin.must("POST", f"/v3/{collection}", draft))[noun]
    assert made["options"] == {"immutable": True}
    path = f"/v3/{collection}/{made['id']}"
    unset = {"immutable": False}
    for change in ({"name": "sand"}, {"colour": "grey"}, {"name": "sand", "options": unset}, IMMUTABLE):
        refused = await admin.send("PATCH", path, {noun: change})
        assert (refused.status, "immutable" in refused.body["error"]["message"]) == (403, True)
    assert (await admin.send("DELETE", path)).status == 403
    assert (await admin.must("GET", path))[noun] == made
    assert (await admin.must("PATCH", path, {noun: {"options": unset}}))[noun]["options"] == unset
    assert (await admin.must("PATCH", path, {noun: {"options": {"immutable": None}}}))[noun]["options"] == {}
    assert (await admin.must("PATCH", path, {noun: {"name": "sand"}}))[noun]["name"] == "sand"
    assert (await admin.send("DELETE", path)).status == 204


async def test_immutable_project_keeps_its_tags_and_its_domain(admin: Http) -> None:
    domain = (await admin.must("POST", "/v3/domains", {"domain": {"name": "other"}}))["domain"]["id"]
    draft = {"name": "rock", "domain_id": domain, "tags": ["a"], **IMMUTABLE}
    project = (await admin.must("POST", "/v3/projects", {"project": draft}))["project"]
    path = f"/v3/projects/{project['id']}"
    for method, place, body in (("PUT", "/tags/b", None), ("PUT", "/tags", {"tags": []}), ("DELETE", "/tags", None)):
        assert (await admin.send(method, path + place, body)).status == 403
    await admin.must("PATCH", f"/v3/domains/{domain}", {"domain": {"enabled": False}})
    refused = await admin.send("DELETE", f"/v3/domains/{domain}")
    assert (refused.status, "immutable" in refused.body["error"]["message"]) == (403, True)
    assert (await admin.must("GET", path))["project"] == project


@pytest.mark.parametrize("value", [{"immutable": "yes"}, {"other": True}, None], ids=str)
async def test_bad_option_is_refused(admin: Http, value: Any) -> None:
    refused = await admin.send("POST", "/v3/roles", {"role": {"name": "x", "options": value}})
    assert (refused.status, "options" in refused.body["error"]["message"]) == (400, True)


async def test_official_client_makes_roles_and_projects_immutable(openstack: OpenStack) -> None:
    for noun in ("role", "project"):
        await openstack(noun, "create", "--immutable", "rock")
        assert (await openstack(noun, "set", "--name", "sand", "rock", must=False)).code != 0
        assert (await openstack(noun, "delete", "rock", must=False)).code != 0
        await openstack(noun, "set", "--no-immutable", "rock")
        await openstack(noun, "delete", "rock")
