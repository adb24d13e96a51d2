"""PostgreSQL is killed, or restarted in an orderly way, while clients write: nothing acknowledged is lost."""

from collections.abc import Awaitable, Callable

import pytest

from deploy.lab.daemons.postgres import Postgres
from tests.faults.network.history import writers
from tests.faults.network.invariants import no_violation
from tests.faults.network.plane import running_plane

pytestmark = pytest.mark.real

Fault = Callable[[Postgres], Awaitable[None]]


async def killed(postgres: Postgres) -> None:
    await postgres.kill()


async def stopped(postgres: Postgres) -> None:
    await postgres.stop()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", [killed, stopped], ids=lambda fault: fault.__name__)
async def test_acknowledged_writes_outlive_postgresql(fault: Fault) -> None:
    async with running_plane() as plane:
        control = plane.control()
        await control.start()
        try:
            async with plane.api() as api:
                network_id = await api.make("network", name="n")
                await api.make("subnet", network_id=network_id, ip_version=4, cidr="10.0.0.0/16")
                async with writers(api, network_id) as history:
                    for _ in range(2):
                        await history.wait_acknowledged(40)
                        await fault(plane.postgres)
                        await plane.postgres.start()
                    await history.wait_acknowledged(40)
                await no_violation(plane, history)
        finally:
            await control.stop()
