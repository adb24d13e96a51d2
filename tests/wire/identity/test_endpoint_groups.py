"""What projects are given of endpoints (OS-EP-FILTER), and what their tokens' catalogues show of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from identity.settings import IdentitySettings
from tests.identity_http import Http, by_password, on_project
from tests.tenants import PASSWORD, Cloud
from tests.wire.identity.conftest import OpenStack

FILTER = "/v3/OS-EP-FILTER"


async def endpoint_ids(admin: Http, query: str) -> set[str]:
    return {endpoint["id"] for endpoint in (await admin.must("GET", f"/v3/endpoints?{query}"))["endpoints"]}


async def catalog_of(cloud: Cloud) -> dict[str, set[str]]:
    """Service type -> endpoints, as a login of rose shows it and as her older token does."""
    login = await cloud.admin.sign_in(by_password("rose", PASSWORD, on_project("red")))
    own = (await cloud.red.http.must("GET", "/v3/auth/catalog"))["catalog"]
    assert own == login.body["token"]["catalog"]
    return {service["type"]: {endpoint["id"] for endpoint in service["endpoints"]} for service in own}


async def make_group(admin: Http, **attributes: Any) -> dict[str, Any]:
    draft = {"name": "some", "filters": {"interface": "internal"}} | attributes
    return (await admin.must("POST", f"{FILTER}/endpoint_groups", {"endpoint_group": draft}))["endpoint_group"]


async def test_catalog_shows_what_a_project_was_given_and_all_when_it_was_given_nothing(cloud: Cloud) -> None:
    admin, project = cloud.admin, f"{FILTER}/projects/{cloud.red.project_id}"
    whole = await catalog_of(cloud)
    assert len(whole) == 5
    one = min(await endpoint_ids(admin, "interface=public"))
    for _ in range(2):
        assert (await admin.send("PUT", f"{project}/endpoints/{one}")).status == 204
    assert list((await catalog_of(cloud)).values()) == [{one}]
    group = await make_group(admin)
    membership = f"{FILTER}/endpoint_groups/{group['id']}/projects/{cloud.red.project_id}"
    for _ in range(2):
        assert (await admin.send("PUT", membership)).status == 204
    internal = await endpoint_ids(admin, "interface=internal")
    assert set.union(*(await catalog_of(cloud)).values()) == internal | {one}
    others = (await admin.sign_in(by_password("bill", PASSWORD, on_project("blue")))).body["token"]["catalog"]
    assert len([endpoint for service in others for endpoint in service["endpoints"]]) == 15
    narrower = {"endpoint_group": {"filters": {"interface": "internal", "region_id": "nowhere"}}}
    await admin.must("PATCH", f"{FILTER}/endpoint_groups/{group['id']}", narrower)
    assert list((await catalog_of(cloud)).values()) == [{one}]
    assert (await admin.send("DELETE", f"{project}/endpoints/{one}")).status == 204
    assert (await admin.send("DELETE", f"{project}/endpoints/{one}")).status == 404
    assert await catalog_of(cloud) == whole


async def test_what_was_given_is_listed_from_every_side(cloud: Cloud) -> None:
    admin, project_id = cloud.admin, cloud.red.project_id
    one = min(await endpoint_ids(admin, "interface=public"))
    group = await make_group(admin)
    given, grouped = f"{FILTER}/projects/{project_id}", f"{FILTER}/endpoint_groups/{group['id']}"
    for path in (f"{given}/endpoints/{one}", f"{grouped}/projects/{project_id}"):
        assert (await admin.get(path)).status == 404
        assert (await admin.send("HEAD", path)).status == 404
        await admin.must("PUT", path)
        assert (await admin.send("HEAD", path)).status in (200, 204)
    member = (await admin.must("GET", f"{grouped}/projects/{project_id}"))["project_endpoint_group"]
    assert (member["project_id"], member["endpoint_group_id"]) == (project_id, group["id"])
    internal = await endpoint_ids(admin, "interface=internal")
    for path, key, ids in (
        (f"{given}/endpoints", "endpoints", internal | {one}),
        (f"{given}/endpoint_groups", "endpoint_groups", {group["id"]}),
        (f"{FILTER}/endpoints/{one}/projects", "projects", {project_id}),
        (f"{grouped}/projects", "projects", {project_id}),
        (f"{grouped}/endpoints", "endpoints", internal),
        (f"{FILTER}/endpoint_groups?name=some", "endpoint_groups", {group["id"]}),
    ):
        assert {item["id"] for item in (await admin.must("GET", path))[key]} == ids, path
    shown = await admin.must("GET", grouped)
    assert shown["endpoint_group"] == group
    assert group["links"]["self"] == f"{admin.server.url}{grouped}"
    assert (await admin.send("DELETE", grouped)).status == 204
    assert (await admin.must("GET", f"{given}/endpoint_groups"))["endpoint_groups"] == []


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"filters": {"interface": "any"}}, "filters.interface"),
        ({"filters": {"enabled": True}}, "enabled"),
        ({"filters": None}, "filters"),
        ({"name": ""}, "name"),
        ({"colour": "blue"}, "colour"),
    ],
    ids=str,
)
async def test_bad_group_is_refused_by_the_name_of_its_attribute(
    admin: Http, attributes: dict[str, Any], named: str
) -> None:
    draft = {"name": "some", "filters": {}} | attributes
    refused = await admin.send("POST", f"{FILTER}/endpoint_groups", {"endpoint_group": draft})
    assert (refused.status, named in refused.body["error"]["message"]) == (400, True)


async def test_what_does_not_exist_is_given_to_nobody(cloud: Cloud) -> None:
    endpoint = min(await endpoint_ids(cloud.admin, "interface=public"))
    for path in (
        f"projects/{cloud.red.project_id}/endpoints/{'0' * 32}",
        f"projects/{'0' * 32}/endpoints/{endpoint}",
        f"projects/default/endpoints/{endpoint}",
        f"endpoint_groups/{'0' * 32}/projects/{cloud.red.project_id}",
    ):
        assert (await cloud.admin.send("PUT", f"{FILTER}/{path}")).status == 404


class TestWithoutWhatIsNotGiven:
    @pytest.fixture
    def identity_settings(self, identity_settings: IdentitySettings) -> IdentitySettings:
        """A cloud whose projects see nothing that they were not given."""
        return replace(identity_settings, return_all_endpoints_if_no_filter=False)

    async def test_project_that_was_given_nothing_sees_nothing(self, cloud: Cloud) -> None:
        assert await catalog_of(cloud) == {}
        system = await cloud.admin.sign_in(
            by_password("admin", cloud.admin.server.admin_password, {"system": {"all": True}})
        )
        assert len(system.body["token"]["catalog"]) == 5


async def test_official_client_manages_groups_and_gives_endpoints(
    openstack: OpenStack, admin: Http, tmp_path: Path
) -> None:
    (tmp_path / "filters").write_text(json.dumps({"interface": "public"}))
    (tmp_path / "others").write_text(json.dumps({"interface": "admin"}))
    await openstack("project", "create", "red")
    created = await openstack(
        "endpoint", "group", "create", "some", str(tmp_path / "filters"), "-f", "value", "-c", "id"
    )
    await openstack("endpoint", "group", "add", "project", "some", "red")
    listed = ["endpoint", "list", "--project", "red", "-f", "value", "-c", "ID"]
    assert set((await openstack(*listed)).words) == await endpoint_ids(admin, "interface=public")
    await openstack("endpoint", "group", "set", "--filters", str(tmp_path / "others"), "--name", "other", created.out)
    shown = json.loads((await openstack("endpoint", "group", "show", "other", "-f", "json")).out)
    assert (shown["name"], shown["filters"]) == ("other", {"interface": "admin"})
    assert "other" in (await openstack("endpoint", "group", "list", "-f", "value", "-c", "Name")).words
    of_project = ["endpoint", "group", "list", "--project", "red", "-f", "value", "-c", "ID"]
    assert (await openstack(*of_project)).words == [created.out]
    await openstack("endpoint", "group", "remove", "project", "other", "red")
    assert (await openstack(*of_project)).words == []
    one = min(await endpoint_ids(admin, "interface=public"))
    await openstack("endpoint", "add", "project", one, "red")
    assert (await openstack(*listed)).words == [one]
    assert "red" in (await openstack("endpoint", "list", "--endpoint", one, "-f", "value", "-c", "Name")).words
    await openstack("endpoint", "remove", "project", one, "red")
    await openstack("endpoint", "group", "delete", "other")
