"""The plans of routers and floating IPs, in random topologies, on real OVN."""

from random import Random

import pytest

from tests.daemons.ovn import Ovn
from tests.real.northbound.harness import by_owner, settles
from tests.unit.northbound.routers.topologies import CHASSIS, random_topology

pytestmark = pytest.mark.real


@pytest.mark.parametrize("seed", range(6))
async def test_any_router_settles(ovn: Ovn, seed: int) -> None:
    for number, chassis in enumerate(CHASSIS, start=1):
        await ovn.sbctl("--may-exist", "chassis-add", chassis.name, "geneve", f"127.0.0.{number}")
    await settles(ovn, by_owner(random_topology(Random(seed))))
