"""Who leads: one at a time, with a rising term that OVN enforces, and a standby that takes over."""

import asyncio
import signal
import sys

import msgspec
import pytest

from northbound.translation.leadership import Leadership, Reign
from tests.real.northbound.translation.cloud import Cloud, running, until_leading

pytestmark = pytest.mark.real

TERM = "external_ids:meridian\\:term"


async def until_term(cloud: Cloud, at_least: int) -> int:
    """The term that OVN carries, once it is so high."""
    async with asyncio.timeout(20):
        while True:
            said = (await cloud.ovn.nbctl("--if-exists", "get", "NB_Global", ".", TERM)).strip('"')
            if said and int(said) >= at_least:
                return int(said)
            await asyncio.sleep(0.02)


async def test_one_leads_and_the_standby_settles_through_it(cloud: Cloud) -> None:
    leader, standby = cloud.translation("leader"), cloud.translation("standby")
    async with running(leader):
        await until_leading(leader)
        async with running(standby):
            network_id, revision = await cloud.insert_network()
            assert await standby.settle(revision)
            assert not standby.leads
            _, revision = await cloud.insert_port(network_id)
            assert await standby.settle(revision)


async def test_the_standby_takes_over_with_a_higher_term(cloud: Cloud) -> None:
    leader, standby = cloud.translation("leader"), cloud.translation("standby")
    async with running(standby), running(leader):
        async with asyncio.timeout(20):
            while not (leader.leads or standby.leads):
                await asyncio.sleep(0.01)
        other = standby if leader.leads else leader
        term = await until_term(cloud, 1)
        async with cloud.database.connection() as conn:
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        await until_term(cloud, term + 1)
        network_id, _ = await cloud.insert_network()
        other.wake()
        await cloud.ovn.wait_rows("NB", "Logical_Switch", 1, name=f"neutron-{network_id}")


async def test_a_leader_whose_term_was_taken_writes_nothing_and_seeks_a_higher_one(cloud: Cloud) -> None:
    translation = cloud.translation()
    async with running(translation):
        await until_leading(translation)
        await until_term(cloud, 1)
        await cloud.ovn.nbctl("set", "NB_Global", ".", f"{TERM}=41")
        await cloud.insert_network()
        translation.wake()
        await cloud.ovn.wait_rows("NB", "Logical_Switch", 1)
        assert await cloud.ovn.nbctl("get", "NB_Global", ".", TERM) == '"42"'
    async with cloud.database.connection() as conn:
        assert await conn.fetchval("SELECT term FROM northbound.leadership") == 42


FROZEN = """
import asyncio, sys, msgspec
from northbound.translation.leadership import Leadership
from runtime.database import DatabaseSettings

async def lead(reign):
    print("reigning", flush=True)
    await asyncio.Event().wait()

settings = msgspec.json.decode(sys.argv[1], type=DatabaseSettings)
asyncio.run(Leadership(settings, "frozen").run(lead))
"""


async def test_a_frozen_leader_is_replaced(cloud: Cloud) -> None:
    frozen = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", FROZEN, msgspec.json.encode(cloud.database_settings)), stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(20):
            await frozen.stdout.readuntil(b"reigning")
        frozen.send_signal(signal.SIGSTOP)
        async with running(successor := cloud.translation()):
            await until_leading(successor)
            assert await until_term(cloud, 1) == 2
    finally:
        frozen.kill()
        await frozen.wait()


async def test_a_leader_told_to_stop_as_its_reign_fails_stops(cloud: Cloud) -> None:
    """Its process ended only when it was killed: the failure was taken for one more reason to seek the lock again."""
    leading, again = asyncio.Event(), asyncio.Event()

    async def fail(_reign: Reign) -> None:
        async def work() -> None:
            if leading.is_set():
                again.set()
                await asyncio.Event().wait()
            leading.set()
            try:
                await asyncio.Event().wait()
            finally:
                raise OSError("the connection broke as well")

        async with asyncio.TaskGroup() as parts:
            parts.create_task(work())

    candidate = asyncio.create_task(Leadership(cloud.database_settings, "one").run(fail))
    async with asyncio.timeout(20):
        await leading.wait()
    candidate.cancel()
    going_on = asyncio.create_task(again.wait())
    await asyncio.wait([candidate, going_on], return_when=asyncio.FIRST_COMPLETED)
    for task in (candidate, going_on):
        task.cancel()
    await asyncio.wait([candidate, going_on])
    assert not again.is_set()
