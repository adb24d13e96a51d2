"""Every slice's plan at once, as the course has it: applied, again, by halves, by two writers, and taken back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from northbound.floating_ips import association
from northbound.floating_ips import store as floating_ips
from northbound.translation.chassis import replace_chassis
from northbound.translation.desired import KINDS, all_owners, in_order, read_desired
from northbound.translation.tables import TABLES
from runtime.database import Database
from southbound.chassis import Chassis
from southbound.ovsdb.apply import apply
from southbound.ovsdb.rows import Row
from southbound.ovsdb.session import Session, SessionSettings
from tests.daemons.ovn import Ovn
from tests.real.northbound.balancing.storing import insert_load_balancer
from tests.real.northbound.networking import PROJECT, insert_network, insert_port
from tests.real.northbound.routing import insert_outside, insert_router
from tests.real.northbound.translation.cloud import Cloud

pytestmark = pytest.mark.real

Wanted = dict[str, list[Row]]
GATEWAY = Chassis("h1", "host1", frozenset({"physical1"}), frozenset(), True)


@pytest.fixture
async def wanted(cloud: Cloud) -> Wanted:
    """The desired rows of two networks behind a router with a gateway, with ports, their groups and a floating IP,
    and a load balancer in one of them."""
    async with cloud.database.transaction() as conn:
        await replace_chassis(conn, [GATEWAY])
        outside = await insert_outside(conn)
        first, (first_subnet,) = await insert_network(conn, "10.50.0.0/24")
        second, second_subnets = await insert_network(conn, "10.60.0.0/24", "fd00:60::/64")
        await insert_router(conn, first_subnet, second_subnets[0], outside=outside)
        ports = [await insert_port(conn, network.id) for network in (first, second, second)]
        floating_ip = await floating_ips.allocate(conn, PROJECT, outside, None, "")
        await association.associate(conn, floating_ip, ports[0], None)
        await insert_load_balancer(conn, first_subnet, "10.50.0.77")
    return await desired_of(cloud.database)


async def desired_of(database: Database) -> Wanted:
    async with database.snapshot() as conn:
        owners = [owner async for page in all_owners(conn, KINDS) for owner in page]
        desired = await read_desired(conn, in_order(owners, KINDS), KINDS)
    assert not desired.unplanned
    return {owner: list(rows) for owner, rows in desired.rows.items() if rows}


@pytest.fixture
async def session(ovn: Ovn) -> AsyncIterator[Session]:
    async with asyncio.TaskGroup() as tasks:
        session = Session(SessionSettings(ovn.northbound.remote), "OVN_Northbound", TABLES)
        running = tasks.create_task(session.run())
        await session.wait_complete()
        yield session
        running.cancel()


async def contents(ovn: Ovn) -> dict[str, dict]:
    """Everything in the tables that we write, by UUID, without what the database and northd add."""
    added = ("_uuid", "_version", "up", "tag", "nb_cfg")
    return {
        table: {
            row["_uuid"][1]: {column: value for column, value in row.items() if column not in added}
            for row in await ovn.northbound.rows(table)
        }
        for table in TABLES
        if table != "NB_Global"
    }


async def test_the_plan_settles_from_every_side(wanted: Wanted, ovn: Ovn, session: Session) -> None:
    applied = await apply(session, wanted)
    assert set(applied.changed) == set(wanted)
    assert not applied.quarantined
    assert not applied.unsettled
    whole = await contents(ovn)

    again = await apply(session, wanted)
    assert not (again.changed or again.quarantined)

    await apply(session, {owner: [] for owner in wanted})
    assert not any((await contents(ovn)).values())

    half = list(wanted)[: len(wanted) // 2]
    await apply(session, {owner: wanted[owner] for owner in half})
    assert set((await apply(session, wanted)).changed) == set(wanted) - set(half)
    assert await contents(ovn) == whole


async def test_threat_n16_two_writers_of_the_whole_plan_make_it_once(
    wanted: Wanted, ovn: Ovn, session: Session
) -> None:
    async with asyncio.TaskGroup() as tasks:
        other = Session(SessionSettings(ovn.northbound.remote), "OVN_Northbound", TABLES)
        running = tasks.create_task(other.run())
        await other.wait_complete()
        await asyncio.gather(apply(session, wanted), apply(other, wanted))
        whole = await contents(ovn)
        for writer in (session, other):
            applied = await apply(writer, wanted)
            assert not (applied.changed or applied.quarantined)
        running.cancel()
    assert await contents(ovn) == whole


async def test_northd_understands_the_plan(wanted: Wanted, ovn: Ovn, session: Session) -> None:
    await ovn.sbctl("chassis-add", "h1", "geneve", "127.0.0.1")
    await apply(session, wanted)
    await ovn.nbctl("--wait=sb", "sync")
    bindings = {row["logical_port"] for row in await ovn.southbound.rows("Port_Binding")}
    planned = {row.columns["name"] for rows in wanted.values() for row in rows if row.table == "Logical_Switch_Port"}
    assert planned <= bindings
    log = ovn.northd.log_path.read_text()
    assert "|ERR|" not in log
    assert "|WARN|" not in log, [line for line in log.splitlines() if "|WARN|" in line]
