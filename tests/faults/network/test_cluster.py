"""The leader of a northbound cluster of three is killed, or paused, while clients write: nothing acknowledged is lost."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.daemons.sandbox import sandbox
from tests.faults.network.history import History, writers
from tests.faults.network.invariants import no_violation
from tests.faults.network.plane import running_plane
from tests.real.southbound.cluster import Member, leader_of, running_cluster

pytestmark = pytest.mark.real

Fault = Callable[[Member, History], Awaitable[None]]


async def killed(leader: Member, history: History) -> None:
    """SIGKILL; the member comes back when the others have carried on."""
    await leader.kill()
    await history.wait_acknowledged(40)
    await leader.start()


async def paused(leader: Member, history: History) -> None:
    """SIGSTOP: its connections stay open and silent, which is worse."""
    os.kill(leader.pid, signal.SIGSTOP)
    try:
        await history.wait_acknowledged(40)
    finally:
        os.kill(leader.pid, signal.SIGCONT)


@asynccontextmanager
async def cluster() -> AsyncIterator[list[Member]]:
    with sandbox("raft") as directory:
        async with running_cluster(directory) as members:
            yield members


@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", [killed, paused], ids=lambda fault: fault.__name__)
async def test_acknowledged_writes_outlive_the_leader_of_the_cluster(fault: Fault) -> None:
    async with cluster() as members, running_plane(",".join(member.remote for member in members)) as plane:
        control = plane.control()
        await control.start()
        try:
            async with plane.api() as api:
                network_id = await api.make("network", name="n")
                await api.make("subnet", network_id=network_id, ip_version=4, cidr="10.0.0.0/16")
                async with writers(api, network_id) as history:
                    await history.wait_acknowledged(40)
                    await fault(await leader_of(members), history)
                    await history.wait_acknowledged(40)
                await no_violation(plane, history)
        finally:
            await control.stop()
