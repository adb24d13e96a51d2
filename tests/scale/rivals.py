"""The ceilings: our own minimal program on the same servers, and, when a folder of them is named, the measured ones.

Ours is always run, because it shares servers, clients and moment with what it is compared with. The others bring their
own servers and clients (`limits_e2e.py`: wrk, orjson, psutil); `--ceilings-python` names an interpreter that has them.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.lab.daemons.meridian import CHECKOUT
from deploy.lab.daemons.waiting import until
from tests.daemons.sandbox import free_port, sandbox
from tests.scale.ground import Ground
from tests.scale.load import Load, drive, for_seconds, render
from tests.scale.report import line

MEASURED_VARIANT = "pggroup+rawgroup+nr+tc"


@dataclass(frozen=True)
class Ceiling:
    """The minimal program, running."""

    port: int

    async def create(self, seconds: float, in_flight: int) -> Load:
        body = {"port": {"network_id": "n" * 36, "name": "p"}}
        following = for_seconds([render("POST", "/ports", "", body)], seconds)
        return (await drive(self.port, following, in_flight=in_flight)).require(201)

    async def show(self, seconds: float, in_flight: int) -> Load:
        following = for_seconds([render("GET", "/port", "")], seconds)
        return (await drive(self.port, following, in_flight=in_flight)).require(200)


@asynccontextmanager
async def ceiling(ground: Ground) -> AsyncIterator[Ceiling]:
    """The minimal program on the servers of `ground`."""
    port = free_port()
    database = f"postgresql://meridian@/meridian?host={ground.postgres.directory}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.scale.ceiling", str(port), database, ground.northbound.remote),
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    try:
        await until(lambda: _accepts(port), timeout_s=20)
        yield Ceiling(port)
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


async def measured_ceiling(folder: Path, python: str) -> None:
    """Prints what `limits_e2e.py` of `folder` measures now, or why it could not."""
    with sandbox("ceilings") as directory:
        directory.chmod(0o755)
        process = await asyncio.create_subprocess_exec(
            *(python, str(folder / "limits_e2e.py"), "0", f"-v={MEASURED_VARIANT}"),
            env={**os.environ, "LIMITS_RUN": str(directory)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
    said = output.decode(errors="replace").strip().splitlines()
    found = next((json.loads(text) for text in said if text.startswith("{")), None)
    if found is None:
        line("limits_e2e.py", f"could not be run: {said[-1] if said else process.returncode}")
        return
    line(
        f"limits_e2e.py {MEASURED_VARIANT}",
        f"32 in flight {found['rate']}/s  p50 {found['p50']}  p99 {found['p99']}",
        f"1 in flight {found['c1_rate']}/s  p50 {found['c1_p50']}",
    )
