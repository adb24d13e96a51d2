"""Versions, flavors, keypairs, quotas and hosts over HTTP: who sees what in which microversion, and what is refused."""

import pytest

from compute.versions.microversions import NEWEST
from tests.wire.compute.conftest import Cloud

pytestmark = pytest.mark.real
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQu5S8xJ5g0K3m1r3Ck0F4C9l3i8u8zqV0g7m0cT1pN alice@laptop"


@pytest.mark.parametrize(
    ("path", "key"), [("", "versions"), ("/", "versions"), ("/v2.1", "version"), ("/v2.1/", "version")]
)
async def test_version_documents_need_no_token(cloud: Cloud, path: str, key: str) -> None:
    response = await cloud.client.get(f"/compute{path}")
    document = (await response.json())[key]
    document = document[0] if key == "versions" else document
    assert (response.status, document["status"]) == (200, "CURRENT")
    assert (document["min_version"], document["version"]) == ("2.1", f"2.{NEWEST}")
    assert document["links"][0]["href"].endswith("/compute/v2.1/")


async def test_version_spoken_is_answered_in_both_headers(cloud: Cloud) -> None:
    for sent, spoken in ((None, "2.1"), ("2.47", "2.47"), ("latest", f"2.{NEWEST}")):
        response = await cloud.raw("GET", "/servers", version=sent)
        assert response.headers["OpenStack-API-Version"] == f"compute {spoken}"
        assert response.headers["X-OpenStack-Nova-API-Version"] == spoken
        assert "OpenStack-API-Version" in response.headers["Vary"]
    legacy = await cloud.client.get(
        "/compute/v2.1/servers", headers={"X-Auth-Token": "alice", "X-OpenStack-Nova-API-Version": "2.3"}
    )
    assert legacy.headers["X-OpenStack-Nova-API-Version"] == "2.3"


async def test_unusable_version_is_refused(cloud: Cloud) -> None:
    assert (await cloud.raw("GET", "/servers", version="2.9999")).status == 406
    assert (await cloud.raw("GET", "/servers", version="nonsense")).status == 400


@pytest.mark.parametrize("path", ["/servers", "/flavors", "/os-keypairs", "/limits", "/os-availability-zone"])
async def test_stranger_gets_nothing(cloud: Cloud, path: str) -> None:
    response = await cloud.raw("GET", path, user="unknown")
    assert response.status == 401
    assert "unauthorized" in await response.json()


async def test_server_grows_with_the_microversion(cloud: Cloud) -> None:
    server_id = await cloud.create()
    oldest = await cloud.show(server_id, version="2.1")
    assert oldest["flavor"]["id"] == "nano"
    assert not {"locked", "description", "tags", "server_groups", "locked_reason"} & oldest.keys()
    assert "tags" in await cloud.show(server_id, version="2.26")
    assert (await cloud.show(server_id, version="2.47"))["flavor"]["original_name"] == "m1.nano"
    assert "pinned_availability_zone" in await cloud.show(server_id, version="2.96")
    body = {"server": {"name": "a", "flavorRef": "nano", "imageRef": cloud.image_id}}
    assert (await cloud.call("POST", "/servers", body, version="2.36"))[0] == 202
    assert (await cloud.call("POST", "/servers", body, version="2.37"))[0] == 400
    tagged = {"server": body["server"] | {"networks": "none", "tags": ["a"]}}
    assert (await cloud.call("POST", "/servers", tagged, version="2.51"))[0] == 400
    assert (await cloud.call("POST", "/servers", tagged, version="2.52"))[0] == 202


async def test_private_flavor_is_for_whom_it_was_granted(cloud: Cloud) -> None:
    flavor = {"name": "secret", "id": "secret", "ram": 64, "vcpus": 1, "disk": 1, "os-flavor-access:is_public": False}
    assert (await cloud.call("POST", "/flavors", {"flavor": flavor}, user="admin"))[0] == 200
    assert (await cloud.call("GET", "/flavors/secret"))[0] == 404
    assert [each["id"] for each in (await cloud.call("GET", "/flavors?is_public=None"))[1]["flavors"]] == ["nano"]
    grant = {"addTenantAccess": {"tenant": "red"}}
    assert (await cloud.call("POST", "/flavors/secret/action", grant, user="admin"))[0] == 200
    assert (await cloud.call("POST", "/flavors/secret/action", grant, user="admin"))[0] == 409
    assert (await cloud.call("GET", "/flavors/secret"))[0] == 200
    assert (await cloud.call("GET", "/flavors/secret", user="bob"))[0] == 404


async def test_member_makes_no_flavor(cloud: Cloud) -> None:
    flavor = {"name": "mine", "ram": 64, "vcpus": 1, "disk": 1}
    assert (await cloud.call("POST", "/flavors", {"flavor": flavor}))[0] == 403
    assert (await cloud.call("DELETE", "/flavors/nano"))[0] == 403
    assert (await cloud.call("POST", "/flavors/nano/os-extra_specs", {"extra_specs": {"a": "b"}}))[0] == 403


@pytest.mark.parametrize(
    "said",
    [
        {"ram": 0},
        {"ram": "many"},
        {"vcpus": 2**31},
        {"disk": -1},
        {"name": ""},
        {"rxtx_factor": 0},
        {"id": "a/b"},
        {"x": 1},
    ],
    ids=str,
)
async def test_bad_flavor_is_a_bad_request(cloud: Cloud, said: dict) -> None:
    flavor = {"name": "f", "ram": 64, "vcpus": 1, "disk": 1} | said
    status, answer = await cloud.call("POST", "/flavors", {"flavor": flavor}, user="admin")
    assert status == 400
    assert next(iter(said)) in answer["badRequest"]["message"]


async def test_flavor_name_and_id_are_taken_once(cloud: Cloud) -> None:
    for said in ({"name": "m1.nano"}, {"id": "nano"}):
        flavor = {"name": "f", "ram": 64, "vcpus": 1, "disk": 1} | said
        assert (await cloud.call("POST", "/flavors", {"flavor": flavor}, user="admin"))[0] == 409


async def test_keypairs_are_their_users_own(cloud: Cloud) -> None:
    draft = {"keypair": {"name": "k", "public_key": KEY, "type": "ssh"}}
    assert (await cloud.call("POST", "/os-keypairs", draft))[0] == 201
    assert (await cloud.call("POST", "/os-keypairs", draft))[0] == 409
    assert (await cloud.call("GET", "/os-keypairs/k", user="bob"))[0] == 404
    assert (await cloud.call("GET", "/os-keypairs?user_id=alice-id", user="bob"))[0] == 403
    assert len((await cloud.call("GET", "/os-keypairs?user_id=alice-id", user="admin"))[1]["keypairs"]) == 1
    assert (await cloud.call("POST", "/os-keypairs", {"keypair": draft["keypair"] | {"user_id": "x"}}, user="bob"))[
        0
    ] == 403
    assert (await cloud.call("DELETE", "/os-keypairs/k"))[0] == 204
    assert (await cloud.call("DELETE", "/os-keypairs/k"))[0] == 404


async def test_bad_public_key_is_a_bad_request(cloud: Cloud) -> None:
    draft = {"keypair": {"name": "k", "public_key": "ssh-rsa AAAA", "type": "ssh"}}
    status, answer = await cloud.call("POST", "/os-keypairs", draft)
    assert (status, "public_key" in answer["badRequest"]["message"]) == (400, True)


async def test_threat_q2_quota_limits_have_bounds(cloud: Cloud) -> None:
    for limit in (2**31, 2**63, -2, "x", 1.5):
        body = {"quota_set": {"instances": limit}}
        assert (await cloud.call("PUT", "/os-quota-sets/red", body, user="admin"))[0] == 400
    assert (await cloud.call("PUT", "/os-quota-sets/red", {"quota_set": {"instances": -1}}, user="admin"))[0] == 200


async def test_quota_is_the_projects_own_to_see(cloud: Cloud) -> None:
    assert (await cloud.call("GET", "/os-quota-sets/red"))[0] == 200
    assert (await cloud.call("GET", "/os-quota-sets/blue"))[0] == 403
    assert (await cloud.call("GET", "/limits?tenant_id=blue"))[0] == 403
    assert (await cloud.call("PUT", "/os-quota-sets/red", {"quota_set": {"cores": 9}}))[0] == 403


async def test_hosts_are_for_operators(cloud: Cloud) -> None:
    for path in (
        "/os-hypervisors",
        "/os-hypervisors/detail",
        "/os-services",
        "/os-aggregates",
        "/os-availability-zone/detail",
    ):
        assert (await cloud.call("GET", path))[0] == 403
        assert (await cloud.call("GET", path, user="admin"))[0] == 200
    zones = (await cloud.call("GET", "/os-availability-zone"))[1]["availabilityZoneInfo"]
    assert zones == [{"zoneName": "nova", "zoneState": {"available": True}, "hosts": None}]


async def test_disabled_host_takes_no_new_server(cloud: Cloud) -> None:
    (service,) = (await cloud.call("GET", "/os-services", user="admin"))[1]["services"]
    change = {"status": "disabled", "disabled_reason": "repair"}
    status, answer = await cloud.call("PUT", f"/os-services/{service['id']}", change, user="admin")
    assert (status, answer["service"]["disabled_reason"]) == (200, "repair")
    server = await cloud.until(await cloud.create(), "ERROR")
    assert "takes no new servers" in server["fault"]["message"]
