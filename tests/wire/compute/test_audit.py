"""Events of audit: each change of the compute API leaves one, in the transaction that makes it."""

from typing import Any

from tests.wire.compute.conftest import Cloud


async def events(cloud: Cloud) -> list[tuple[str, str, str]]:
    async with cloud.database.connection() as conn:
        found: list[Any] = await conn.fetch("SELECT * FROM identity.audit_events ORDER BY number")
    return [(event["action"], event["target_type"], event["target_id"]) for event in found]


async def test_every_change_of_a_server_leaves_one_event(cloud: Cloud) -> None:
    server = await cloud.create()
    await cloud.until(server, "ACTIVE")
    await cloud.call("POST", f"/servers/{server}/action", {"os-stop": None})
    await cloud.until(server, "SHUTOFF")
    await cloud.call("PUT", f"/servers/{server}", {"server": {"name": "other"}})
    await cloud.call("POST", f"/servers/{server}/action", {"os-getConsoleOutput": {}})
    await cloud.call("GET", "/servers/detail")
    await cloud.call("DELETE", f"/servers/{server}")
    assert await events(cloud) == [
        ("create", "compute/servers", server),
        ("update/act_on_server/os-stop", "compute/servers", server),
        ("update", "compute/servers", server),
        ("delete", "compute/servers", server),
    ]


async def test_flavors_and_keypairs_leave_events(cloud: Cloud) -> None:
    flavor = {"name": "f", "ram": 64, "vcpus": 1, "disk": 0}
    _, made = await cloud.call("POST", "/flavors", {"flavor": flavor}, user="admin")
    flavor_id = made["flavor"]["id"]
    await cloud.call("POST", f"/flavors/{flavor_id}/os-extra_specs", {"extra_specs": {"a": "b"}}, user="admin")
    await cloud.call("DELETE", f"/flavors/{flavor_id}", user="admin")
    await cloud.call("POST", "/os-keypairs", {"keypair": {"name": "k", "public_key": "ssh-rsa AAAA"}})
    found = await events(cloud)
    assert found[:3] == [
        ("create", "compute/flavors", flavor_id),
        ("update", "compute/flavors", flavor_id),
        ("delete", "compute/flavors", flavor_id),
    ]
