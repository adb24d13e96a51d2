"""Resynchronisation: what control does with a northbound database that was emptied, and with one that is as it should be.

The database is replaced by an empty one while control runs, as after a lost disk; control reconnects and compares.
"""

import asyncio
import time

from tests.scale.ground import Ground
from tests.scale.options import Options
from tests.scale.report import budget, line, title

PORTS = 10_000
OWNERS = "meridian_translation_owners_total"


async def measure(ground: Ground, options: Options) -> None:
    size = min(PORTS, options.largest)
    title(f"resynchronisation of {size} ports")
    networks = await ground.add_networks(20, "resync")
    await ground.fill(networks, size)
    switch_ports = await _count(ground)
    line("switch ports in the northbound database", str(switch_ports))
    budget("from an empty northbound database", await _from_nothing(ground, switch_ports), 30, " s")
    budget("with nothing to do", await _again(ground, switch_ports), 3, " s")


async def _from_nothing(ground: Ground, switch_ports: int) -> float:
    await ground.northbound.stop()
    ground.northbound.file.unlink()
    await ground.northbound.start()
    started = time.perf_counter()
    while await _count(ground) < switch_ports:
        await asyncio.sleep(0.1)
    return time.perf_counter() - started


async def _again(ground: Ground, switch_ports: int) -> float:
    """A restarted server makes control compare everything: done when every port's owner was looked at once more."""
    await _until_quiet(ground)
    compared = await ground.figure(OWNERS)
    await ground.northbound.stop()
    await ground.northbound.start()
    started = time.perf_counter()
    while await ground.figure(OWNERS) < compared + switch_ports:
        await asyncio.sleep(0.05)
    return time.perf_counter() - started


async def _until_quiet(ground: Ground) -> None:
    before = -1.0
    while (now := await ground.figure(OWNERS)) != before:
        before = now
        await asyncio.sleep(1.5)


async def _count(ground: Ground) -> int:
    rows = await ground.northbound.transact(
        {"op": "select", "table": "Logical_Switch_Port", "where": [], "columns": ["_uuid"]}
    )
    return len(rows[0]["rows"])
