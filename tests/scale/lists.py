"""Listing ports: a thousand in one answer, and ten thousand by following the pages as clients do."""

import time

import msgspec

from tests.scale.ground import Ground
from tests.scale.load import each_once
from tests.scale.options import Options
from tests.scale.report import budget, line, middle, title

PORTS = 10_000
PAGE = 1_000


async def measure(ground: Ground, options: Options) -> None:
    title("lists of ports")
    networks = await ground.add_networks(20, "lists")
    await ground.fill(networks, min(PORTS, options.largest))
    one_page = [ground.request("GET", f"/ports?limit={PAGE}")]
    loads = [(await ground.load(each_once(one_page), in_flight=1)).require(200) for _ in range(10)]
    budget("1,000 ports", middle([load.quantile_ms(0.5) for load in loads]), 50, " ms")
    took_s, listed = [], 0
    for _ in range(3):
        started = time.perf_counter()
        listed = await _follow_pages(ground)
        took_s.append(time.perf_counter() - started)
    line(f"{listed} ports in pages of {PAGE}", f"{middle(took_s) * 1000:.0f} ms")


async def _follow_pages(ground: Ground) -> int:
    listed, marker = 0, ""
    while True:
        request = ground.request("GET", f"/ports?limit={PAGE}{marker}")
        load = (await ground.load(each_once([request]), in_flight=1, keep_bodies=True)).require(200)
        ports = msgspec.json.decode(load.bodies[0])["ports"]
        listed += len(ports)
        if len(ports) < PAGE:
            return listed
        marker = f"&marker={ports[-1]['id']}"
