"""One part of what a leader does fails: the reign and its other parts go on, and a fresh one misses nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from northbound.translation.service import Translation
from northbound.translation.withdrawals import Withdrawn
from tests.real.northbound.translation.cloud import Cloud, until_leading
from tests.real.northbound.translation.test_port_status import STATUS, bind

pytestmark = pytest.mark.real

REFUSING = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault of this part alone'; END $$;
CREATE TRIGGER refuse BEFORE {event} ON northbound.{table} FOR EACH ROW EXECUTE FUNCTION refuse();
"""
ALLOWING = "DROP TRIGGER refuse ON northbound.{table}"
TERM = "SELECT term FROM northbound.leadership"


async def term_of(cloud: Cloud) -> int:
    async with cloud.database.connection() as conn:
        return await conn.fetchval(TERM)


@asynccontextmanager
async def refused(cloud: Cloud, event: str, table: str) -> AsyncIterator[None]:
    """PostgreSQL refuses what one part does while the block lasts."""
    async with cloud.database.connection() as conn:
        await conn.execute(REFUSING.format(event=event, table=table))
    yield
    async with cloud.database.connection() as conn:
        await conn.execute(ALLOWING.format(table=table))


async def until_failed(translation: Translation, part: str, times: int) -> None:
    async with asyncio.timeout(20):
        while translation.statistics.failures[part] < times:
            await asyncio.sleep(0.02)


async def test_port_statuses_that_cannot_be_written_are_found_later_and_the_reign_goes_on(
    cloud: Cloud, translation: Translation
) -> None:
    network_id, _ = await cloud.insert_network()
    port_id, revision = await cloud.insert_port(network_id)
    assert await translation.settle(revision)
    term = await term_of(cloud)
    async with refused(cloud, "UPDATE OF status", "ports"):
        await bind(cloud, port_id)
        await until_failed(translation, "port_status", 2)
        _, revision = await cloud.insert_port(network_id)
        assert await translation.settle(revision)
    await cloud.wait_value(STATUS, port_id, equals="ACTIVE")
    assert await term_of(cloud) == term


@pytest.mark.parametrize(("part", "table"), [("chassis", "chassis"), ("agents", "agents")])
async def test_chassis_and_agents_that_cannot_be_copied_are_copied_later(
    cloud: Cloud, translation: Translation, part: str, table: str
) -> None:
    term = await term_of(cloud)
    async with refused(cloud, "INSERT", table):
        await cloud.ovn.sbctl("chassis-add", "h1", "geneve", "127.0.0.1")
        await until_failed(translation, part, 2)
    await cloud.wait_value(f"SELECT count(*) FROM northbound.{table}", equals=1)
    assert await term_of(cloud) == term


async def test_loop_that_fails_is_a_fresh_one_of_the_same_reign(cloud: Cloud, translation: Translation) -> None:
    term = await term_of(cloud)
    async with refused(cloud, "DELETE", "dirty"):
        network_id, revision = await cloud.insert_network()
        assert await translation.settle(revision)
        await until_failed(translation, "reconcile", 2)
    port_id, _ = await cloud.insert_port(network_id)
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port_id)
    await cloud.wait_value("SELECT count(*) FROM northbound.dirty", equals=0)
    assert await term_of(cloud) == term


async def test_listener_of_withdrawals_that_raises_anything_is_told_again(cloud: Cloud) -> None:
    heard, errors, told = [], [ValueError("a fault"), OSError("away")], asyncio.Event()

    async def tell(withdrawn: Withdrawn) -> None:
        heard.append(withdrawn.addresses)
        if errors:
            raise errors.pop()
        told.set()

    translation = cloud.translation()
    translation.on_withdrawn(tell)
    running = asyncio.create_task(translation.run())
    await until_leading(translation)
    term = await term_of(cloud)
    await cloud.ovn.nbctl("lr-add", "r", "--", "lr-nat-add", "r", "dnat_and_snat", "150.25.12.9", "10.0.0.7")
    await cloud.ovn.nbctl("lr-nat-del", "r", "dnat_and_snat", "150.25.12.9")
    async with asyncio.timeout(20):
        await told.wait()
    assert heard == [{"150.25.12.9"}] * 3
    assert await term_of(cloud) == term
    running.cancel()
    await asyncio.wait([running])
