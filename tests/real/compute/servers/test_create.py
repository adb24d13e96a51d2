"""Creating servers is one transaction: all of it or nothing, also under requests that race. Real PostgreSQL."""

import asyncio

import msgspec
import pytest

from compute.quotas.problems import QuotaExceeded
from compute.servers.server import Server
from identity.callers import Caller
from northbound.ports import store as ports
from runtime.errors import BadRequest, Conflict, Forbidden
from tests.real.compute.servers.ground import (
    ALICE,
    Ground,
    insert_flavor,
    insert_image,
    report_host,
)
from tests.real.northbound.networking import (
    PROJECT,
    STRANGER,
    insert_network,
    insert_port,
    share_networks,
)

pytestmark = pytest.mark.real
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def test_server_on_the_only_network_gets_host_port_quota(ground: Ground) -> None:
    (server,) = await ground.create()
    assert (server.host, server.vm_state, server.task_state, server.generation) == ("host-1", "building", "spawning", 1)
    async with ground.database.connection() as conn:
        (port,) = await ports.ports_of_device(conn, server.id)
    assert (port.host, port.project_id, port.device_owner) == ("host-1", PROJECT, "compute:nova")
    assert await ground.quota() == (1, 1, 128)
    host = await ground.host()
    assert (host["vcpus_used"], host["ram_used_mb"], host["disk_used_gb"]) == (1, 128, 1)


async def test_server_keeps_the_flavor_it_was_made_of(ground: Ground) -> None:
    (server,) = await ground.create()
    assert (server.flavor.name, server.flavor.ram_mb, server.image.sha512[:3]) == ("m1.nano", 128, "000")


async def test_server_on_a_port_binds_that_port_and_keeps_its_address(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        port = await insert_port(conn, ground.network.id)
    (server,) = await ground.create(networks=[{"port": port.id}])
    async with ground.database.connection() as conn:
        (bound,) = await ports.ports_of_device(conn, server.id)
    assert (bound.id, bound.fixed_ips, bound.host) == (port.id, port.fixed_ips, "host-1")


async def test_port_without_a_place_on_a_host_is_no_card(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        subport = await insert_port(conn, ground.network.id, device_owner="trunk:subport")
        direct = await insert_port(conn, ground.network.id, vnic_type="direct")
    for port in (subport, direct):
        with pytest.raises(BadRequest, match=port.id):
            await ground.create(networks=[{"port": port.id}])


async def test_server_gives_its_port_its_name(ground: Ground) -> None:
    (server,) = await ground.create()
    async with ground.database.connection() as conn:
        (port,) = await ports.ports_of_device(conn, server.id)
    assert port.dns_name == server.hostname


async def test_port_is_taken_by_one_server_alone(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        port = await insert_port(conn, ground.network.id)
    answers = await asyncio.gather(
        *(ground.create(networks=[{"port": port.id}]) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert all(isinstance(answer, list | BadRequest) for answer in answers), answers
    assert await ground.count("compute.servers") == 1


async def test_parallel_creates_fill_a_host_exactly(ground: Ground) -> None:
    """Room for 16 by memory, 32 requests of 4 projects at once: 16 are placed, 16 say why not."""
    async with ground.database.transaction() as conn:
        await share_networks(conn)
        await report_host(conn, ram_mb=16 * 128)
    callers = [_caller_of(f"project-{number % 4}") for number in range(32)]
    made = await asyncio.gather(*(ground.create(caller) for caller in callers))
    servers = [server for (server,) in made]
    placed = [server for server in servers if server.host]
    assert len(placed) == 16
    failed = [server for server in servers if not server.host]
    assert all("not enough MB of memory" in (server.fault_message or "") for server in failed)
    host = await ground.host()
    assert (host["vcpus_used"], host["ram_used_mb"]) == (16, 16 * 128)
    assert await ground.count("northbound.ports", "device_owner = 'compute:nova'") == 16
    for project in range(4):
        own = [server for server in placed if server.project_id == f"project-{project}"]
        assert await ground.quota(f"project-{project}") == (8, len(own), 128 * len(own))


def _caller_of(project_id: str) -> Caller:
    return msgspec.structs.replace(ALICE, project_id=project_id)


async def test_threat_q1_parallel_creates_never_exceed_the_quota(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        await conn.execute("INSERT INTO compute.quotas (project_id, instances_limit) VALUES ($1, 5)", PROJECT)
    answers = await asyncio.gather(*(ground.create() for _ in range(32)), return_exceptions=True)
    assert sum(isinstance(answer, list) for answer in answers) == 5
    assert all(isinstance(answer, list | QuotaExceeded) for answer in answers), answers
    assert await ground.quota() == (5, 5, 5 * 128)
    assert await ground.count("compute.servers") == await ground.count("compute.allocations") == 5


async def test_several_servers_of_one_request_are_numbered(ground: Ground) -> None:
    servers = await ground.create(min_count=3)
    assert [server.name for server in servers] == ["web-1", "web-2", "web-3"]
    assert len({server.reservation_id for server in servers}) == 1


async def test_most_servers_of_a_request_are_what_the_quota_allows(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        await conn.execute("INSERT INTO compute.quotas (project_id, instances_limit) VALUES ($1, 2)", PROJECT)
    assert len(await ground.create(min_count=1, max_count=4)) == 2


async def test_no_valid_host_makes_a_server_in_error_that_holds_no_port_and_no_room(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        await insert_flavor(conn, name="huge", id="huge", ram=4096)
        port = await insert_port(conn, ground.network.id)
    (server,) = await ground.create(flavorRef="huge", networks=[{"port": port.id}])
    assert (server.vm_state, server.task_state, server.host) == ("error", None, None)
    assert server.fault_message == (
        "No valid host was found. 1 of 1 hosts: has not enough MB of memory (4096 wanted, 2048 free)."
    )
    assert "host-1" not in server.fault_message
    assert "host-1" in (server.fault_details or "")
    assert await ground.quota() == (1, 0, 0)
    assert await ground.count("northbound.ports", f"id = '{port.id}' AND device_id = '' AND host = ''") == 1


@pytest.mark.parametrize(
    "said",
    [
        {"flavorRef": "unknown"},
        {"imageRef": UNKNOWN},
        {"imageRef": "not-a-uuid"},
        {"imageRef": ""},
        {"key_name": "unknown"},
        {"networks": [{"uuid": UNKNOWN}]},
        {"networks": [{"port": UNKNOWN}]},
        {"networks": [{}]},
        {"security_groups": [{"name": "unknown"}]},
        {"availability_zone": "unknown"},
        {"user_data": "%%%"},
    ],
    ids=lambda said: next(iter(said)),
)
async def test_what_does_not_exist_is_a_bad_request_that_leaves_nothing(ground: Ground, said: dict) -> None:
    with pytest.raises(BadRequest):
        await ground.create(**said)
    assert await ground.count("compute.servers") == 0
    assert await ground.count("northbound.ports", "device_owner = 'compute:nova'") == 0
    assert await ground.quota() == (0, 0, 0)


async def test_threat_p10_others_things_read_like_unknown_ids(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        foreign, _ = await insert_network(conn, "10.60.0.0/24", project_id=STRANGER)
        private = await insert_image(conn, visibility="private", project_id=STRANGER)
        await insert_flavor(conn, name="secret", id="secret", is_public=False)
        port = await ports.create_port(conn, ports.PortDraft(network_id=foreign.id), STRANGER, STRANGER)
        group = port.security_groups[0]
    for said, unknown, known in (
        ({"networks": [{"uuid": foreign.id}]}, {"networks": [{"uuid": UNKNOWN}]}, foreign.id),
        ({"networks": [{"port": port.id}]}, {"networks": [{"port": UNKNOWN}]}, port.id),
        ({"imageRef": private}, {"imageRef": UNKNOWN}, private),
        ({"security_groups": [{"name": group}]}, {"security_groups": [{"name": UNKNOWN}]}, group),
        ({"flavorRef": "secret"}, {"flavorRef": UNKNOWN}, "secret"),
    ):
        with pytest.raises(BadRequest) as foreign_answer:
            await ground.create(**said)
        with pytest.raises(BadRequest) as unknown_answer:
            await ground.create(**unknown)
        assert foreign_answer.value.message.replace(known, UNKNOWN) == unknown_answer.value.message


async def test_threat_n15_address_on_anothers_shared_network_is_not_the_tenants_to_choose(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        shared, _ = await insert_network(conn, "10.60.0.0/24", project_id=STRANGER, shared=True)
    for wanted in ("10.60.0.1", "10.60.0.77"):
        with pytest.raises(Forbidden, match="fixed_ip"):
            await ground.create(networks=[{"uuid": shared.id, "fixed_ip": wanted}])
    assert await ground.count("compute.servers") == 0
    (server,) = await ground.create(networks=[{"uuid": shared.id}])
    assert server.host == "host-1"
    (own,) = await ground.create(networks=[{"uuid": ground.network.id, "fixed_ip": "10.50.0.77"}])
    async with ground.database.connection() as conn:
        (port,) = await ports.ports_of_device(conn, own.id)
    assert [fixed.ip_address for fixed in port.fixed_ips] == ["10.50.0.77"]


async def test_several_networks_need_a_choice(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        await insert_network(conn, "10.60.0.0/24")
    with pytest.raises(Conflict):
        await ground.create()


async def test_image_larger_than_the_flavors_disk_is_refused(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        large = await insert_image(conn, virtual_size_bytes=2 * 1024**3)
    with pytest.raises(BadRequest, match="disk is too small"):
        await ground.create(imageRef=large)


async def test_server_with_none_has_no_port(ground: Ground) -> None:
    (server,) = await ground.create(networks="none")
    assert isinstance(server, Server)
    assert await ground.count("compute.interfaces") == 0
