"""How much memory control keeps at ten thousand ports, and how soon it answers after its start, then and when empty."""

import asyncio

from tests.scale.ground import Ground
from tests.scale.options import Options
from tests.scale.report import budget, line, middle, title

PORTS = 10_000
OWNERS = "meridian_translation_owners_total"


async def measure(ground: Ground, options: Options) -> None:
    size = min(PORTS, options.largest)
    title("memory of control, and its start")
    line("resident, empty cloud", f"{ground.resident_mb():.0f} MB")
    starts = [await ground.restart_control() for _ in range(3)]
    budget("start to first answer, empty cloud", middle(starts), 2, " s")
    networks = await ground.add_networks(20, "memory")
    await ground.fill(networks, size)
    budget(f"resident after making {size} ports", ground.resident_mb(), 250, " MB")
    budget(f"start to first answer at {size} ports", await ground.restart_control(), 2, " s")
    await _until_compared(ground, size)
    budget(f"resident after a start at {size} ports", ground.resident_mb(), 250, " MB")


async def _until_compared(ground: Ground, size: int) -> None:
    """Returns when control has read the whole northbound database and looked at every port."""
    while await ground.figure(OWNERS) < size:
        await asyncio.sleep(0.1)
