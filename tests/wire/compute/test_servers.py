"""Servers over HTTP: their life, what is shown of them and to whom, and what is refused."""

import asyncio

import pytest

from tests.real.northbound.networking import insert_network, share_networks
from tests.wire.compute.conftest import Cloud

pytestmark = pytest.mark.real
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def test_server_becomes_active_with_its_address(cloud: Cloud) -> None:
    server = await cloud.until(await cloud.create(), "ACTIVE")
    (address,) = server["addresses"]["mynetwork"]
    assert address["addr"].startswith("10.50.0.")
    assert (address["version"], address["OS-EXT-IPS:type"]) == (4, "fixed")
    assert address["OS-EXT-IPS-MAC:mac_addr"].startswith("fa:16:3e:")
    assert server["OS-EXT-STS:power_state"] == 1
    assert server["security_groups"] == [{"name": "default"}]
    assert server["flavor"]["original_name"] == "m1.nano"
    assert server["image"]["id"] == cloud.image_id
    assert server["OS-SRV-USG:launched_at"]


async def test_agent_is_told_the_whole_server(cloud: Cloud) -> None:
    await cloud.call("POST", "/os-keypairs", {"keypair": {"name": "mykey", "type": "ssh", "public_key": KEY}})
    server_id = await cloud.create(key_name="mykey", metadata={"role": "web"}, user_data="aGVsbG8=")
    await cloud.until(server_id, "ACTIVE")
    told = cloud.agents.told[-1]
    assert (str(told.id), told.generation, told.power, told.hostname) == (server_id, 1, "running", "web")
    assert (told.flavor.vcpus, told.flavor.ram_mb, told.flavor.disk_gb) == (1, 128, 1)
    (interface,) = told.interfaces
    assert str(interface.network_id) == cloud.network_id
    assert interface.addresses[0].cidr == "10.50.0.0/16"
    assert [str(port.network_id) for port in told.metadata_ports] == [cloud.network_id]
    assert told.guest.keypairs[0].public_key == KEY
    assert (told.guest.user_data, told.guest.properties) == ("aGVsbG8=", {"role": "web"})
    assert told.guest.security_groups == ("default",)


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQu5S8xJ5g0K3m1r3Ck0F4C9l3i8u8zqV0g7m0cT1pN alice@laptop"


async def test_server_stops_starts_reboots_and_goes(cloud: Cloud) -> None:
    server_id = await cloud.create()
    await cloud.until(server_id, "ACTIVE")
    for action, status in (
        ({"os-stop": None}, "SHUTOFF"),
        ({"os-start": None}, "ACTIVE"),
        ({"reboot": {"type": "SOFT"}}, "ACTIVE"),
        ({"reboot": {"type": "HARD"}}, "ACTIVE"),
    ):
        answered, _ = await cloud.call("POST", f"/servers/{server_id}/action", action)
        assert answered == 202
        await cloud.until(server_id, status)
    assert cloud.agents.told[-1].boot_serial == 2
    assert (await cloud.call("DELETE", f"/servers/{server_id}"))[0] == 204
    await cloud.until_gone(server_id)
    async with cloud.database.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM northbound.ports WHERE device_id = $1", server_id) == 0
        quota = await conn.fetchrow("SELECT * FROM compute.quotas WHERE project_id = 'red'")
        assert (quota["instances_used"], quota["cores_used"], quota["ram_used_mb"]) == (0, 0, 0)
        assert await conn.fetchval("SELECT vcpus_used + ram_used_mb + disk_used_gb FROM compute.hosts") == 0


async def test_action_that_does_not_fit_the_state_is_a_conflict(cloud: Cloud) -> None:
    server_id = await cloud.create()
    await cloud.until(server_id, "ACTIVE")
    status, answer = await cloud.call("POST", f"/servers/{server_id}/action", {"os-start": None})
    assert status == 409
    assert answer["conflictingRequest"]["message"].startswith("Cannot 'start' instance")


async def test_server_without_room_is_in_error_with_its_reasons(cloud: Cloud) -> None:
    await cloud.call(
        "POST", "/flavors", {"flavor": {"name": "huge", "id": "huge", "ram": 9999, "vcpus": 1, "disk": 1}}, user="admin"
    )
    server_id = await cloud.create(flavorRef="huge")
    server = await cloud.until(server_id, "ERROR")
    assert server["fault"]["message"].startswith("No valid host was found. 1 of 1 hosts: has not enough MB of memory")
    assert "host-1" not in str(server)
    assert "host-1" in (await cloud.show(server_id, user="admin"))["fault"]["details"]
    await cloud.call("DELETE", f"/servers/{server_id}")
    await cloud.until_gone(server_id)


async def test_deleting_a_server_that_is_still_built_leaves_nothing(cloud: Cloud) -> None:
    cloud.agents.silent = True
    server_id = await cloud.create()
    cloud.agents.silent = False
    assert (await cloud.call("DELETE", f"/servers/{server_id}"))[0] == 204
    await cloud.until_gone(server_id)
    async with cloud.database.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM compute.allocations") == 0


async def test_port_is_added_to_a_running_server_and_taken_out_again(cloud: Cloud) -> None:
    server_id = await cloud.create()
    await cloud.until(server_id, "ACTIVE")
    status, answer = await cloud.call(
        "POST", f"/servers/{server_id}/os-interface", {"interfaceAttachment": {"net_id": cloud.network_id}}
    )
    assert status == 200
    port_id = answer["interfaceAttachment"]["port_id"]
    await cloud.until(server_id, "ACTIVE")
    await until(lambda: len(cloud.agents.told[-1].interfaces) == 2)
    assert len((await cloud.show(server_id))["addresses"]["mynetwork"]) == 2
    assert (await cloud.call("DELETE", f"/servers/{server_id}/os-interface/{port_id}"))[0] == 202
    await until(lambda: len(cloud.agents.told[-1].interfaces) == 1)
    async with asyncio.timeout(10), cloud.database.connection() as conn:
        while await conn.fetchval("SELECT count(*) FROM northbound.ports WHERE id = $1", port_id):
            await asyncio.sleep(0.02)
    listed = (await cloud.call("GET", f"/servers/{server_id}/os-interface"))[1]["interfaceAttachments"]
    assert port_id not in [card["port_id"] for card in listed]


async def until(fact: object) -> None:
    async with asyncio.timeout(10):
        while not fact():
            await asyncio.sleep(0.02)


async def test_console_is_asked_of_the_host(cloud: Cloud) -> None:
    server_id = await cloud.create()
    status, answer = await cloud.call("POST", f"/servers/{server_id}/action", {"os-getConsoleOutput": {"length": 1}})
    assert (status, answer) == (200, {"output": "login:\n"})


async def test_actions_of_a_server_outlive_it(cloud: Cloud) -> None:
    server_id = await cloud.create()
    await cloud.until(server_id, "ACTIVE")
    await cloud.call("DELETE", f"/servers/{server_id}")
    await cloud.until_gone(server_id)
    status, answer = await cloud.call("GET", f"/servers/{server_id}/os-instance-actions")
    assert status == 200
    assert [action["action"] for action in answer["instanceActions"]] == ["delete", "create"]
    request_id = answer["instanceActions"][1]["request_id"]
    _, answer = await cloud.call("GET", f"/servers/{server_id}/os-instance-actions/{request_id}", user="admin")
    assert [event["result"] for event in answer["instanceAction"]["events"]] == ["Success", "Success"]
    assert (await cloud.call("GET", f"/servers/{server_id}/os-instance-actions", user="bob"))[0] == 404


async def test_threat_p5_others_servers_read_like_unknown_ones(cloud: Cloud) -> None:
    server_id = await cloud.create()
    for method, path, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("PUT", "", {"server": {"name": "mine"}}),
        ("POST", "/action", {"os-stop": None}),
        ("GET", "/os-interface", None),
        ("GET", "/metadata", None),
        ("GET", "/os-instance-actions", None),
        ("GET", "/os-security-groups", None),
        ("GET", "/ips", None),
    ):
        foreign = await cloud.call(method, f"/servers/{server_id}{path}", body, user="bob")
        unknown = await cloud.call(method, f"/servers/{UNKNOWN}{path}", body, user="bob")
        assert foreign[0] == unknown[0] == 404
        assert str(foreign[1]).replace(server_id, UNKNOWN) == str(unknown[1])


async def test_tenant_sees_no_host_and_an_operator_does(cloud: Cloud) -> None:
    server_id = await cloud.create()
    seen = await cloud.show(server_id)
    assert not [key for key in seen if key.startswith("OS-EXT-SRV-ATTR:") and key != "OS-EXT-SRV-ATTR:hostname"]
    assert len(seen["hostId"]) == 56
    assert "host_status" not in seen
    shown = await cloud.show(server_id, user="admin")
    assert (shown["OS-EXT-SRV-ATTR:host"], shown["host_status"]) == ("host-1", "UP")


async def test_threat_c18_host_id_differs_between_projects(cloud: Cloud) -> None:
    async with cloud.database.transaction() as conn:
        await insert_network(conn, "10.60.0.0/16", project_id="blue")
    red, blue = await cloud.create(), await cloud.create(user="bob")
    assert (await cloud.show(red))["hostId"] != (await cloud.show(blue, user="bob"))["hostId"]


async def test_list_is_of_the_callers_project_and_filters(cloud: Cloud) -> None:
    one = await cloud.create(name="one")
    two = await cloud.create(name="two")
    assert [server["id"] for server in (await cloud.call("GET", "/servers"))[1]["servers"]] == [two, one]
    assert (await cloud.call("GET", "/servers", user="bob"))[1]["servers"] == []
    for query, found in (
        ("name=one", [one]),
        ("name=^tw", [two]),
        ("status=ACTIVE&status=BUILD", [two, one]),
        ("status=SHUTOFF", []),
        (f"image={UNKNOWN}", []),
        ("flavor=nano&limit=1", [two]),
        (f"marker={two}", [one]),
        ("sort_key=name&sort_dir=asc", [one, two]),
        ("host=elsewhere", [two, one]),
    ):
        status, answer = await cloud.call("GET", f"/servers/detail?{query}")
        assert (status, [server["id"] for server in answer["servers"]]) == (200, found), query
    assert (await cloud.call("GET", "/servers/detail?host=elsewhere&all_tenants=1", user="admin"))[1]["servers"] == []
    assert (await cloud.call("GET", "/servers?all_tenants=1"))[0] == 403
    assert (await cloud.call("GET", "/servers?project_id=blue"))[0] == 403
    assert len((await cloud.call("GET", "/servers?all_tenants=1", user="admin"))[1]["servers"]) == 2


@pytest.mark.parametrize(
    "query",
    ["unknown=1", "limit=x", "sort_key=host", "status=NONSENSE", "name=(", f"name={'(a+)' * 20}", "changes-since=x"],
)
async def test_bad_query_is_a_bad_request(cloud: Cloud, query: str) -> None:
    assert (await cloud.call("GET", f"/servers?{query}"))[0] == 400


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"name": ""}, "server.name"),
        ({"name": "a\nb"}, "server.name"),
        ({"name": 5}, "server.name"),
        ({"unknown": 1}, "unknown"),
        ({"networks": [{"uuid": "x"}]}, "server.networks[0].uuid"),
        ({"min_count": 3, "max_count": 1}, "server.min_count"),
        ({"max_count": 10**9}, "server.max_count"),
        ({"config_drive": True}, "server.config_drive"),
        ({"personality": []}, "server.personality"),
        ({"block_device_mapping_v2": [{"source_type": "volume", "boot_index": 0}]}, "server.block_device_mapping_v2"),
        ({"user_data": "%"}, "server.user_data"),
        ({"metadata": {"k": 1}}, "server.metadata"),
        ({"imageRef": ""}, "server.imageRef"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
async def test_bad_body_is_a_bad_request_that_names_the_attribute(cloud: Cloud, said: dict, named: str) -> None:
    body = {"name": "web", "flavorRef": "nano", "imageRef": cloud.image_id, "networks": "auto"} | said
    status, answer = await cloud.call("POST", "/servers", {"server": body})
    assert status == 400
    assert named in answer["badRequest"]["message"]
    async with cloud.database.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM compute.servers") == 0


async def test_threat_c5_scheduler_hints_are_refused(cloud: Cloud) -> None:
    body = {"server": {"name": "a", "flavorRef": "nano", "imageRef": cloud.image_id, "networks": "none"}}
    for key in ("OS-SCH-HNT:scheduler_hints", "os:scheduler_hints"):
        assert (await cloud.call("POST", "/servers", body | {key: {"_internal": ["x"]}}))[0] == 400


async def test_threat_n1_port_that_names_anothers_server_is_no_card_of_it(cloud: Cloud) -> None:
    server_id = await cloud.create()
    async with cloud.database.transaction() as conn:
        await share_networks(conn)
        network, _ = await insert_network(conn, "10.60.0.0/16", project_id="blue")
        await conn.execute(
            "INSERT INTO northbound.ports (id, network_id, project_id, name, description, mac_address, admin_state_up,"
            " device_id, device_owner, port_security_enabled) VALUES (gen_random_uuid(), $1, 'blue', '', '',"
            " 'fa:16:3e:00:00:01', true, $2, 'compute:nova', true)",
            network.id,
            server_id,
        )
    assert len((await cloud.call("GET", f"/servers/{server_id}/os-interface"))[1]["interfaceAttachments"]) == 1


async def test_quota_is_told_in_nova_words(cloud: Cloud) -> None:
    status, _ = await cloud.call("PUT", "/os-quota-sets/red", {"quota_set": {"instances": 0}}, user="admin")
    assert status == 200
    body = {"name": "web", "flavorRef": "nano", "imageRef": cloud.image_id, "networks": "auto"}
    status, answer = await cloud.call("POST", "/servers", {"server": body})
    assert status == 403
    assert answer["forbidden"]["message"] == (
        "Quota exceeded for instances: Requested 1, but already used 0 of 0 instances"
    )


async def test_reader_reads_and_changes_nothing(cloud: Cloud) -> None:
    server_id = await cloud.create()
    assert (await cloud.call("GET", f"/servers/{server_id}", user="reader"))[0] == 200
    assert (await cloud.call("DELETE", f"/servers/{server_id}", user="reader"))[0] == 403
    assert (await cloud.call("POST", f"/servers/{server_id}/action", {"os-stop": None}, user="reader"))[0] == 403


async def test_metadata_and_tags_are_changed(cloud: Cloud) -> None:
    server_id = await cloud.create(metadata={"a": "1"}, tags=["x"])
    path = f"/servers/{server_id}"
    assert (await cloud.call("POST", f"{path}/metadata", {"metadata": {"b": "2"}}))[1]["metadata"] == {
        "a": "1",
        "b": "2",
    }
    assert (await cloud.call("PUT", f"{path}/metadata/a", {"meta": {"a": "3"}}))[0] == 200
    assert (await cloud.call("DELETE", f"{path}/metadata/b"))[0] == 204
    assert (await cloud.call("DELETE", f"{path}/metadata/b"))[0] == 404
    assert (await cloud.call("PUT", f"{path}/tags/y"))[0] == 204
    seen = await cloud.show(server_id)
    assert (seen["metadata"], seen["tags"]) == ({"a": "3"}, ["x", "y"])
    assert (await cloud.call("PUT", path, {"server": {"name": "new", "hostname": "h"}}))[1]["server"]["name"] == "new"
    assert (await cloud.call("PUT", path, {"server": {"hostname": "-"}}))[0] == 400


async def test_security_group_is_added_to_every_port_and_removed(cloud: Cloud) -> None:
    server_id = await cloud.create()
    path = f"/servers/{server_id}/action"
    assert (await cloud.call("POST", path, {"addSecurityGroup": {"name": "unknown"}}))[0] == 404
    assert (await cloud.call("POST", path, {"removeSecurityGroup": {"name": "default"}}))[0] == 202
    assert "security_groups" not in await cloud.show(server_id)
    assert (await cloud.call("POST", path, {"addSecurityGroup": {"name": "default"}}))[0] == 202
    groups = (await cloud.call("GET", f"/servers/{server_id}/os-security-groups"))[1]["security_groups"]
    assert [group["name"] for group in groups] == ["default"]
