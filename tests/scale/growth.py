"""Creating a port when there are many already: one in flight, at each size, and beside it the ceiling of the moment."""

from tests.scale.ground import Ground
from tests.scale.load import for_seconds
from tests.scale.options import Options
from tests.scale.ports import NETWORKS, create_requests
from tests.scale.report import budget, latencies, line, middle, title
from tests.scale.rivals import ceiling

SIZES = (0, 1_000, 5_000, 20_000)


async def measure(ground: Ground, options: Options) -> None:
    title("growth: port create, 1 in flight, with so many ports there already")
    networks = await ground.add_networks(NETWORKS, "growth")
    requests = create_requests(ground, networks)
    await ground.load(for_seconds(requests, 1.0), in_flight=1)
    present, p50_ms, relative = 0, {}, {}
    async with ceiling(ground) as best:
        for size in (size for size in SIZES if size <= options.largest):
            present += len(await ground.fill(networks, size - present))
            ours, ceilings = [], []
            for _ in range(options.rounds):
                ceilings.append((await best.create(options.seconds, 1)).quantile_ms(0.5))
                ours.append((await ground.load(for_seconds(requests, options.seconds), in_flight=1)).require(201))
            present += sum(len(load.latencies_s) for load in ours)
            shown = sorted(ours, key=lambda load: load.quantile_ms(0.5))[len(ours) // 2]
            p50_ms[size] = shown.quantile_ms(0.5)
            relative[size] = p50_ms[size] / middle(ceilings)
            line(f"at {size} ports", latencies(shown), f"{relative[size]:.2f} x the ceiling of the moment")
    if 5_000 in p50_ms:
        budget("p50 at 5,000 ports against an empty cloud", p50_ms[5_000] / p50_ms[0], 1.2, " x")
        line("the same, each against its own ceiling", f"{relative[5_000] / relative[0]:.2f} x")
