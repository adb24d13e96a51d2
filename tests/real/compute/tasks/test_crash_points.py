"""Control is killed at every crash point of a creation, a failed creation and a deletion, and started again.

Each time the server ends as it should have, and nothing is left that nobody owns.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import pytest

from compute.messages import AbsentServer
from compute.tasks.steps import CHANGE, DELETE, UNDO_CREATE, Step, tell_agent
from runtime.crashpoints import CRASHED_STATUS
from runtime.database import Database, DatabaseSettings
from tests.real.compute.servers.ground import Ground
from tests.real.compute.tasks.agents import obey
from tests.real.compute.tasks.cloud import Cloud

pytestmark = pytest.mark.real


def points_of(kind: str, steps: Sequence[Step]) -> Iterator[str]:
    """The crash points of a list of steps, as the engine names them."""
    for step in steps:
        yield f"task.{kind}.{step.__name__}.before_commit"
        yield f"task.{kind}.{step.__name__}.after_commit"
        if step is tell_agent:
            yield f"task.{kind}.{step.__name__}.after_announce"


CREATE_POINTS = [*points_of("create", CHANGE), "dispatch.before_publish", "report.after_commit"]
UNDO_POINTS = list(points_of("undo_create", UNDO_CREATE))
DELETE_POINTS = list(points_of("delete", DELETE))


@pytest.fixture
async def cloud(database: Database) -> AsyncIterator[Cloud]:
    """A database and agents; control is what the test starts."""
    cloud = Cloud(await Ground.lay(database))
    yield cloud
    await cloud.close_agents()


@asynccontextmanager
async def control(
    cloud: Cloud, settings: DatabaseSettings, crash_at: str | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A control process of its own, killed at the end if it has not crashed before."""
    environment = {**os.environ, **({"CRASHPOINT": f"{crash_at}:1"} if crash_at else {})}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.real.compute.tasks.control_process",
        settings.host,
        settings.name,
        str(cloud.port),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def crash(process: asyncio.subprocess.Process) -> None:
    """Return when the process died at its crash point."""
    assert await asyncio.wait_for(process.wait(), 30) == CRASHED_STATUS


async def nothing_is_held(cloud: Cloud) -> bool:
    host = await cloud.ground.host()
    ports = await cloud.ground.count("northbound.ports", "device_owner LIKE 'compute:%'")
    allocations = await cloud.ground.count("compute.allocations")
    return (host["vcpus_used"], ports, allocations) == (0, 0, 0)


@pytest.mark.parametrize("point", CREATE_POINTS)
async def test_creation_survives_a_crash(point: str, cloud: Cloud, database_settings: DatabaseSettings):
    await cloud.new_agent().open()
    async with control(cloud, database_settings, point) as process:
        server = await cloud.create()
        await crash(process)
    async with control(cloud, database_settings):
        await cloud.wait_for(server.id, lambda found: found.vm_state == "active" and found.task_state is None)
        assert (await cloud.wait_finished(server.id, "done")).kind == "create"
    assert await cloud.ground.count("northbound.ports", "device_owner LIKE 'compute:%'") == 1


@pytest.mark.parametrize("point", UNDO_POINTS)
async def test_failing_creation_survives_a_crash(point: str, cloud: Cloud, database_settings: DatabaseSettings):
    def refuse(told):
        return obey(told) if isinstance(told, AbsentServer) else [{"state": "error", "fault": "disk_full"}]

    await cloud.new_agent(refuse).open()
    async with control(cloud, database_settings, point) as process:
        server = await cloud.create()
        await crash(process)
    async with control(cloud, database_settings):
        failed = await cloud.wait_for(server.id, lambda found: found.vm_state == "error" and found.host is None)
        await cloud.wait_finished(server.id, "failed")
    assert failed.fault_message == "The host has no room left for the disk."
    assert await nothing_is_held(cloud)


@pytest.mark.parametrize("point", DELETE_POINTS)
async def test_deletion_survives_a_crash(point: str, cloud: Cloud, database_settings: DatabaseSettings):
    await cloud.new_agent().open()
    async with control(cloud, database_settings, point) as process:
        server = await cloud.create()
        await cloud.wait_for(server.id, lambda found: found.vm_state == "active")
        await cloud.delete(server.id)
        await crash(process)
    async with control(cloud, database_settings):
        await cloud.wait_gone(server.id)
        assert (await cloud.wait_finished(server.id, "done")).kind == "delete"
    assert await nothing_is_held(cloud)
    assert await cloud.ground.quota() == (0, 0, 0)
