"""Control is killed at every crash point of the creation of a port and of a router with a gateway, and started again.

A client that saw no answer may find the resource or not; PostgreSQL and OVN agree either way, and no counter, address
or row is left over. A gateway that is there has its places on chassis, before anybody else could give it any.
"""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from deploy.lab.daemons.ovn import southbound_server
from deploy.lab.daemons.programs import run
from deploy.lab.daemons.waiting import until
from runtime.crashpoints import CRASHED_STATUS
from runtime.database import Database
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
CHASSIS = ("left", "right")
UNPLACED = f"SELECT count(*) FROM northbound.router_ports WHERE is_gateway AND cardinality(chassis) <> {len(CHASSIS)}"


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
    await add_chassis(plane)
    await control.stop()
    return {"port": {"network_id": inside}, "router": {"external_gateway_info": {"network_id": outside}}}


async def add_chassis(plane: Plane) -> None:
    """Two that may serve gateways, once control knows of them."""
    database = southbound_server(plane.state.ovn).remote
    for number, name in enumerate(CHASSIS, 1):
        options = "other_config:ovn-cms-options=enable-chassis-as-gw"
        mappings = 'other_config:ovn-bridge-mappings="physical1:br-ex"'
        added = ["chassis-add", name, "geneve", f"127.0.0.{number}", "--", "set", "Chassis", name, options, mappings]
        await run(["ovn-sbctl", f"--db={database}", *added])

    async def are_known() -> bool:
        return await ask_database(plane, "SELECT count(*) FROM northbound.chassis") == len(CHASSIS)

    await until(are_known, 10)


async def ask_database(plane: Plane, query: str) -> Any:
    database = await Database.open(plane.database)
    try:
        async with database.connection() as conn:
            return await conn.fetchval(query)
    finally:
        await database.close()


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
    assert await ask_database(plane, UNPLACED) == 0
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
