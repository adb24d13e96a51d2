"""Tasks that go wrong or wait, and those beside them, which must not notice. Real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog

from compute.servers.server import Server
from compute.tasks.engine import MOST_OF_HOST, TaskRunner
from deploy.lab.daemons.waiting import until
from runtime.database import Database
from tests.real.compute.servers.ground import Ground, report_host
from tests.real.compute.tasks.cloud import Cloud

pytestmark = pytest.mark.real

UNWRITABLE = """
CREATE FUNCTION compute.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
CREATE TRIGGER refuse BEFORE UPDATE OF errors ON compute.tasks FOR EACH ROW WHEN (new.errors > 0)
EXECUTE FUNCTION compute.refuse();
"""


class Hosts:
    """Takes messages for hosts: the ones about `stuck` servers wait until `free`, those about `broken` ones raise."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.taken: list[str] = []
        self.given_up: list[str] = []
        self.stuck: set[str] = set()
        self.broken: set[str] = set()
        self.free = asyncio.Event()

    async def announce(self, server_ids: Sequence[str], *, request_id: str | None = None) -> None:
        (server_id,) = server_ids
        self.begun.append(server_id)
        if server_id in self.broken:
            raise ConnectionError(server_id)
        if server_id in self.stuck:
            try:
                await self.free.wait()
            except asyncio.CancelledError:
                self.given_up.append(server_id)
                raise
        self.taken.append(server_id)


@pytest.fixture
async def cloud(database: Database) -> Cloud:
    """Tenants of roomy hosts; the runner is the test's own."""
    return Cloud(await Ground.lay(database, vcpus=64, ram_mb=65536, disk_gb=100))


@asynccontextmanager
async def at_work(cloud: Cloud, hosts: Hosts) -> AsyncIterator[TaskRunner]:
    runner = TaskRunner(cloud.database, hosts.announce, lambda: None)
    working = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        working.cancel()
        await asyncio.wait([working])
    assert working.cancelled()


async def wait_taken(hosts: Hosts, server: Server) -> None:
    async def taken() -> bool:
        return server.id in hosts.taken

    await until(taken, 20)


async def wait_begun(hosts: Hosts, count: int) -> None:
    async def begun() -> bool:
        return len(hosts.begun) >= count

    await until(begun, 20)


async def execute(cloud: Cloud, statement: str, *values: Any) -> None:
    async with cloud.database.transaction() as conn:
        await conn.execute(statement, *values)


async def test_host_that_takes_no_message_delays_no_other_host(cloud: Cloud):
    hosts = Hosts()
    stuck = [await cloud.create() for _ in range(MOST_OF_HOST + 2)]
    hosts.stuck = {server.id for server in stuck}
    async with at_work(cloud, hosts) as runner:
        await wait_begun(hosts, MOST_OF_HOST)
        other = await cloud.create()
        async with cloud.database.transaction() as conn:
            await report_host(conn, "host-2")
        await execute(cloud, "UPDATE compute.servers SET host = 'host-2' WHERE id = $1", other.id)
        runner.activate()
        await wait_taken(hosts, other)
        assert len(hosts.begun) == MOST_OF_HOST + 1
        hosts.free.set()
        for server in stuck:
            await wait_taken(hosts, server)


async def test_waiting_task_delays_no_other_and_is_not_taken_twice(cloud: Cloud):
    hosts = Hosts()
    stuck = await cloud.create()
    hosts.stuck = {stuck.id}
    async with at_work(cloud, hosts) as runner:
        await wait_begun(hosts, 1)
        await execute(cloud, "UPDATE compute.tasks SET due_at = now() WHERE server_id = $1", stuck.id)
        other = await cloud.create()
        runner.activate()
        await wait_taken(hosts, other)
        (task,) = await cloud.tasks(stuck.id)
        assert (task.lease_term, hosts.begun) == (1, [stuck.id, other.id])
        hosts.free.set()
        await wait_taken(hosts, stuck)


async def test_error_that_cannot_even_be_written_down_is_logged_and_stays_with_its_task(cloud: Cloud):
    hosts = Hosts()
    broken = await cloud.create()
    hosts.broken = {broken.id}
    await execute(cloud, UNWRITABLE)
    with structlog.testing.capture_logs() as logs:
        async with at_work(cloud, hosts) as runner:
            await wait_begun(hosts, 1)
            other = await cloud.create()
            runner.activate()
            await wait_taken(hosts, other)
            (task,) = await cloud.tasks(broken.id)
            assert (task.state, task.errors) == ("running", 0)
            await execute(cloud, "DROP TRIGGER refuse ON compute.tasks")
            hosts.broken.clear()
            await execute(
                cloud, "UPDATE compute.tasks SET due_at = now(), position = 0 WHERE server_id = $1", broken.id
            )
            runner.activate()
            await wait_taken(hosts, broken)
    events = [entry["event"] for entry in logs if entry["log_level"] == "error"]
    assert events == ["task step failed unexpectedly", "task is left until its lease runs out"]


async def test_task_of_a_kind_that_is_not_known_is_put_off_alone(cloud: Cloud):
    hosts = Hosts()
    unknown = await cloud.create()
    await execute(cloud, "ALTER TABLE compute.tasks DROP CONSTRAINT tasks_kind")
    await execute(cloud, "UPDATE compute.tasks SET kind = 'resize' WHERE server_id = $1", unknown.id)
    other = await cloud.create()
    with structlog.testing.capture_logs() as logs:
        async with at_work(cloud, hosts):
            await wait_taken(hosts, other)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["task cannot be read"]
    assert await cloud.ground.count("compute.tasks", "errors = 1 AND due_at > now() + interval '1 second'") == 1


async def test_end_of_the_runner_ends_what_it_was_doing(cloud: Cloud):
    hosts = Hosts()
    stuck = await cloud.create()
    hosts.stuck = {stuck.id}
    async with at_work(cloud, hosts):
        await wait_begun(hosts, 1)
    assert hosts.given_up == [stuck.id]
