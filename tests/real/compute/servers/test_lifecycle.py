"""What steps and reports write about a server: idempotent, deaf to the past, and exact in what it counts."""

import asyncio
import random
from uuid import uuid4

import pytest

from compute.agents import reports
from compute.quotas.problems import QuotaExceeded
from compute.servers import lifecycle, store
from compute.servers.overview import read_overviews
from compute.servers.server import Fault, Server
from northbound.floating_ips import association
from northbound.floating_ips import store as floating_ips
from northbound.ports import store as ports
from northbound.subnets import store as subnets
from northbound.trunks.store import TRUNKS
from northbound.trunks.trunk import Trunk
from tests.real.compute.servers.ground import Ground, a_report
from tests.real.northbound.networking import PROJECT, insert_port
from tests.real.northbound.routing import insert_outside, insert_router

pytestmark = pytest.mark.real
FAULT = Fault(500, "The host could not do it.", "details")


async def observe(ground: Ground, server: Server, state: str = "running", host: str = "host-1") -> None:
    """What a report changes: the row, and the visible state where nothing newer is wanted."""
    async with ground.database.transaction() as conn:
        await reports.observe(conn, host, [a_report(server, state, host=host)])
        await lifecycle.settle(conn, server.id)


async def find(ground: Ground, server: Server) -> Server:
    async with ground.database.connection() as conn:
        return await store.fetch_visible(conn, server.id, None)


async def test_report_of_the_newest_generation_brings_the_server_to_rest(ground: Ground) -> None:
    (server,) = await ground.create()
    for _ in range(2):
        await observe(ground, server)
    settled = await find(ground, server)
    assert (settled.vm_state, settled.task_state, settled.power_state) == ("active", None, "running")
    assert settled.launched_at is not None


async def test_older_generation_building_and_foreign_hosts_change_nothing(ground: Ground) -> None:
    (server,) = await ground.create()
    async with ground.database.transaction() as conn:
        newer = await store.begin(conn, server, "powering-off", power="stopped")
    await observe(ground, server)
    assert (await find(ground, server)).task_state == "powering-off", "generation 1 is the past"
    await observe(ground, newer, "building")
    assert (await find(ground, server)).task_state == "powering-off"
    await observe(ground, newer, "stopped", host="elsewhere")
    assert (await find(ground, server)).task_state == "powering-off"
    await observe(ground, newer, "stopped")
    await observe(ground, server)
    assert (await find(ground, server)).vm_state == "stopped"


async def test_guest_that_powers_itself_off_is_shutoff(ground: Ground) -> None:
    (server,) = await ground.create()
    await observe(ground, server)
    await observe(ground, server, "stopped")
    assert (await find(ground, server)).vm_state == "stopped"


async def test_abandoned_server_keeps_its_fault_and_nothing_else(ground: Ground) -> None:
    async with ground.database.transaction() as conn:
        brought = await insert_port(conn, ground.network.id)
    (server,) = await ground.create(networks=[{"port": brought.id}, {"uuid": ground.network.id}])
    for _ in range(2):
        async with ground.database.transaction() as conn:
            await lifecycle.abandon(conn, server.id, FAULT)
    failed = await find(ground, server)
    assert (failed.vm_state, failed.host, failed.fault_message) == ("error", None, FAULT.message)
    assert await ground.quota() == (1, 0, 0)
    assert await ground.count("northbound.ports", f"device_id = '{server.id}'") == 0
    assert await ground.count("northbound.ports", f"id = '{brought.id}' AND host = ''") == 1
    for _ in range(2):
        async with ground.database.transaction() as conn:
            await lifecycle.finish_deletion(conn, server.id)
    assert await ground.quota() == (0, 0, 0)


async def test_port_that_became_a_trunks_parent_outlives_its_server(ground: Ground) -> None:
    (server,) = await ground.create()
    async with ground.database.transaction() as conn:
        (port,) = await ports.ports_of_device(conn, server.id)
        trunk = Trunk(
            id=str(uuid4()), project_id=PROJECT, name="", description="", admin_state_up=True, port_id=port.id
        )
        await TRUNKS.insert(conn, trunk)
        await lifecycle.abandon(conn, server.id, FAULT)
    assert await ground.count("northbound.ports", f"id = '{port.id}' AND host = '' AND device_id = ''") == 1


async def test_nothing_brings_back_a_server_that_is_leaving(ground: Ground) -> None:
    (server,) = await ground.create()
    async with ground.database.transaction() as conn:
        leaving = await store.begin_deletion(conn, server.id)
    await observe(ground, leaving)
    assert (await find(ground, server)).task_state == "deleting"


async def test_floating_address_is_shown_beside_its_fixed_one(ground: Ground) -> None:
    (server,) = await ground.create()
    async with ground.database.transaction() as conn:
        (port,) = await ports.ports_of_device(conn, server.id)
        inside = await subnets.fetch_subnet(conn, ground.network.subnets[0], None)
        outside = await insert_outside(conn)
        await insert_router(conn, inside, outside=outside)
        floating = await floating_ips.allocate(conn, PROJECT, outside, None, "")
        await association.associate(conn, floating, port, None)
        overview = (await read_overviews(conn, [server]))[server.id]
    assert [(address.ip, address.kind) for address in overview.addresses["a network"]] == [
        (port.fixed_ips[0].ip_address, "fixed"),
        (floating.floating_ip_address, "floating"),
    ]


async def test_threat_c6_ledger_and_counters_are_exact_after_anything(ground: Ground) -> None:
    """Servers made, reported, abandoned and deleted by tasks that race, each more than once."""
    choose = random.Random(6)
    async with ground.database.transaction() as conn:
        await conn.execute("UPDATE compute.hosts SET vcpus_ratio = 3")
        await conn.execute("INSERT INTO compute.quotas (project_id, cores_limit) VALUES ($1, 8)", PROJECT)
    known: list[Server] = []

    async def act(number: int) -> None:
        if number % 2 == 0 or not known:
            try:
                known.extend(await ground.create())
            except QuotaExceeded:
                return
            return
        server = choose.choice(known)
        async with ground.database.transaction() as conn:
            if await store.SQL.lock(conn, id=server.id, reach=None) is None:
                return
            match choose.randrange(3):
                case 0:
                    await lifecycle.abandon(conn, server.id, FAULT)
                case 1:
                    await lifecycle.finish_deletion(conn, server.id)
                case 2:
                    await lifecycle.settle(conn, server.id)

    for start in range(0, 120, 12):
        await asyncio.gather(*(act(number) for number in range(start, start + 12)))
    async with ground.database.connection() as conn:
        held = await conn.fetchrow(
            "SELECT count(*) AS servers, coalesce(sum(vcpus), 0) AS cores, coalesce(sum(ram_mb), 0) AS ram,"
            " coalesce(sum(disk_gb), 0) AS disk FROM compute.allocations"
        )
        placed = await conn.fetchval("SELECT count(*) FROM compute.servers WHERE host IS NOT NULL")
        bound = await conn.fetchval("SELECT count(*) FROM northbound.ports WHERE host <> ''")
    host = await ground.host()
    assert (host["vcpus_used"], host["ram_used_mb"], host["disk_used_gb"]) == (held["cores"], held["ram"], held["disk"])
    assert await ground.quota() == (await ground.count("compute.servers"), held["cores"], held["ram"])
    assert placed == held["servers"] == bound
