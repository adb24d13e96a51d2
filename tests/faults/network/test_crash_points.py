"""Control is killed at every crash point of the creation of a port and of a router with a gateway, and started again.

A client that saw no answer may find the resource or not; PostgreSQL and OVN agree either way, and no counter, address
or row is left over.
"""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from runtime.crashpoints import CRASHED_STATUS
from tests.faults.network.invariants import no_violation
from tests.faults.network.plane import Plane, running_plane

pytestmark = pytest.mark.real

POINTS = [
    "write.before_commit",
    "write.after_commit",
    "translation.before_apply",
    "translation.after_apply",
    "translation.after_clear",
]
DURABLE = POINTS[1:]


@pytest.fixture(scope="module")
async def plane() -> AsyncIterator[Plane]:
    async with running_plane() as running:
        yield running


@pytest.fixture(scope="module")
async def grounds(plane: Plane) -> dict[str, dict[str, Any]]:
    """What a port and a router are made with: noun -> attributes."""
    control = plane.control()
    await control.start()
    async with plane.api() as api:
        inside = await api.make("network", name="inside")
        await api.make("subnet", network_id=inside, ip_version=4, cidr="10.0.0.0/24")
        provider = {"provider:network_type": "flat", "provider:physical_network": "physical1"}
        outside = await api.make("network", name="outside", **{"router:external": True}, **provider)
        await api.make("subnet", network_id=outside, ip_version=4, cidr="150.25.12.0/24")
    await control.stop()
    return {"port": {"network_id": inside}, "router": {"external_gateway_info": {"network_id": outside}}}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("noun", ["port", "router"])
async def test_creation_is_whole_or_absent_wherever_control_dies(
    plane: Plane, grounds: dict[str, dict[str, Any]], noun: str, point: str
) -> None:
    name = f"{noun} at {point}"
    crashing = plane.control(point)
    await crashing.start()
    async with plane.api() as api:
        try:
            status, _ = await api.ask("POST", f"{noun}s", {noun: {"name": name, **grounds[noun]}})
        except aiohttp.ClientError:
            status = None
    assert await crashing.wait() == CRASHED_STATUS
    control = plane.control()
    await control.start()
    try:
        await no_violation(plane)
        async with plane.api() as api:
            _, found = await api.ask("GET", f"{noun}s?name={name}")
    finally:
        await control.stop()
    assert status in (201, None)
    assert len(found[f"{noun}s"]) == (1 if point in DURABLE else 0)
