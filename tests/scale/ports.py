"""Creating and showing ports, beside the ceilings, in turns: what disturbs one of them disturbs the other."""

from tests.scale.ground import Ground, cpu_s
from tests.scale.load import Load, for_seconds
from tests.scale.options import Options
from tests.scale.report import budget, latencies, line, middle, title
from tests.scale.rivals import Ceiling, ceiling, measured_ceiling

NETWORKS = 20
IN_FLIGHT = (1, 16, 32, 64)
TRANSACTIONS, OWNERS = "meridian_translation_transactions_total", "meridian_translation_owners_total"


async def measure(ground: Ground, options: Options) -> None:
    title("port create: durable in PostgreSQL and committed to the northbound database")
    networks = await ground.add_networks(NETWORKS)
    requests = create_requests(ground, networks)
    await ground.load(for_seconds(requests, 1.0), in_flight=4)
    async with ceiling(ground) as best:
        for in_flight in IN_FLIGHT:
            await _compare_creation(ground, best, requests, in_flight, options)
        if options.ceilings is not None:
            await measured_ceiling(options.ceilings, options.ceilings_python)
        title("single port GET")
        await _compare_showing(ground, best, options)


def create_requests(ground: Ground, networks: list[str]) -> list[bytes]:
    return [ground.request("POST", "/ports", {"port": {"network_id": network, "name": "p"}}) for network in networks]


async def _compare_creation(
    ground: Ground, best: Ceiling, requests: list[bytes], in_flight: int, options: Options
) -> None:
    ceilings: list[Load] = []
    ours: list[Load] = []
    before, owners, used_s = await ground.figure(TRANSACTIONS), await ground.figure(OWNERS), 0.0
    for _ in range(options.rounds):
        ceilings.append(await best.create(options.seconds, in_flight))
        started_s = cpu_s(ground.control.pid)
        load = await ground.load(for_seconds(requests, options.seconds), in_flight=in_flight)
        used_s += cpu_s(ground.control.pid) - started_s
        ours.append(load.require(201))
    made = sum(len(load.latencies_s) for load in ours)
    per_transaction = (await ground.figure(OWNERS) - owners) / (await ground.figure(TRANSACTIONS) - before)
    line(f"{in_flight} in flight, ceiling", latencies(_middle(ceilings)))
    line(f"{in_flight} in flight, ours", latencies(_middle(ours)))
    line(
        "",
        f"{per_transaction:.1f} ports per OVSDB transaction",
        f"{used_s / made * 1e6:.0f} us of control's processor a port",
    )
    if in_flight == 1:
        ratio = _p50(ours) / _p50(ceilings)
        budget("1 in flight: p50 against the ceiling's", ratio, 3, " x")
    else:
        ratio = middle([load.rate for load in ours]) / middle([load.rate for load in ceilings])
        if in_flight == 32:
            budget("32 in flight: rate against the ceiling's", ratio, 0.5, " x", at_least=True)
        else:
            line("rate against the ceiling's", f"{ratio:.2f} x")


async def _compare_showing(ground: Ground, best: Ceiling, options: Options) -> None:
    port = (await ground.ask("GET", "/ports?limit=1"))["ports"][0]["id"]
    requests = [ground.request("GET", f"/ports/{port}")]
    ceilings: list[Load] = []
    ours: list[Load] = []
    for _ in range(options.rounds):
        ceilings.append(await best.show(options.seconds, 32))
        ours.append((await ground.load(for_seconds(requests, options.seconds), in_flight=32)).require(200))
    line("32 in flight, bare aiohttp handler", latencies(_middle(ceilings)))
    line("32 in flight, ours", latencies(_middle(ours)))
    ratio = middle([load.rate for load in ours]) / middle([load.rate for load in ceilings])
    budget("rate against the bare handler's", ratio, 1 / 3, " x", at_least=True)


def _middle(loads: list[Load]) -> Load:
    return sorted(loads, key=lambda load: load.rate)[len(loads) // 2]


def _p50(loads: list[Load]) -> float:
    return middle([load.quantile_ms(0.5) for load in loads])
