"""What identity costs: a token verified in a request, and requests of others while many sign in."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.lab.daemons.meridian import CHECKOUT
from deploy.lab.daemons.waiting import until
from tests.daemons.sandbox import free_port
from tests.scale.ground import PASSWORD, Ground
from tests.scale.load import Load, drive, for_seconds, render
from tests.scale.options import Options
from tests.scale.report import latencies, line, middle, title

IN_FLIGHT = 8
LOGINS = 50


async def measure(ground: Ground, options: Options) -> None:
    await _verification(ground, options)
    await _logins(ground, options)


async def _verification(ground: Ground, options: Options) -> None:
    """An empty handler, bare, and behind authentication and policy, in one process by turns."""
    title("a token verified in a request: signature remembered, revocation and policy asked each time")
    ratios = []
    async with _verifying(ground) as port:
        for _ in range(options.rounds):
            bare, guarded = [await _round(port + offset, ground.token, options.seconds) for offset in (0, 1)]
            line("bare aiohttp handler", latencies(bare))
            line("with token and policy", latencies(guarded))
            ratios.append(guarded.rate / bare.rate)
    line("verified requests to bare ones", f"{middle(ratios):.2f}")


async def _round(port: int, token: str, seconds: float) -> Load:
    following = for_seconds([render("GET", "/scale", token)], seconds)
    return (await drive(port, following, in_flight=IN_FLIGHT)).require(200)


@asynccontextmanager
async def _verifying(ground: Ground) -> AsyncIterator[int]:
    """The port of the bare handler; the guarded one is on the next."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.scale.verifying", str(port), str(ground.directory / "control.toml")),
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    try:
        await until(lambda: _accepts(port + 1), timeout_s=20)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _logins(ground: Ground, options: Options) -> None:
    """One client reads a network, alone and while 50 sign in with passwords (argon2id, OWASP's parameters)."""
    title(f"a GET while {LOGINS} sign in")
    (network,) = await ground.add_networks(1, "tokens")
    reading = [ground.request("GET", f"/networks/{network}")]
    user = {"name": "admin", "password": PASSWORD, "domain": {"id": "default"}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
    signing_in = [render("POST", "/identity/v3/auth/tokens", "", {"auth": auth})]
    for _ in range(options.rounds):
        alone = (await ground.load(for_seconds(reading, options.seconds), in_flight=1)).require(200)
        line("GET alone", latencies(alone))
        logins, beside = await asyncio.gather(
            ground.load(for_seconds(signing_in, options.seconds), in_flight=LOGINS),
            ground.load(for_seconds(reading, options.seconds), in_flight=1),
        )
        line(f"GET beside {LOGINS} logins in flight", latencies(beside.require(200)))
        line("the logins", latencies(logins.require(201)))
