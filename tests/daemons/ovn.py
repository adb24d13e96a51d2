"""OVN's databases and northd for the tests of one module."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.lab.daemons.ovn import Northd, northbound_server, southbound_server
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.programs import run
from tests.daemons.sandbox import sandbox


@dataclass(frozen=True)
class Ovn:
    """Both databases and northd; each may be stopped, killed and started by a test that starts it again."""

    northbound: OvsdbServer
    southbound: OvsdbServer
    northd: Northd

    async def nbctl(self, *arguments: str) -> str:
        """What `ovn-nbctl` says to `arguments`."""
        return await run(
            ["ovn-nbctl", "--no-leader-only", f"--db={self.northbound.remote}", "--timeout=30", *arguments]
        )

    async def sbctl(self, *arguments: str) -> str:
        """What `ovn-sbctl` says to `arguments`."""
        return await run(
            ["ovn-sbctl", "--no-leader-only", f"--db={self.southbound.remote}", "--timeout=30", *arguments]
        )

    async def wait_rows(
        self, database: str, table: str, count: int, *, timeout_s: float = 20.0, **columns: object
    ) -> list[dict]:
        """The rows of `table` in `database` ("NB" or "SB") whose `columns` are equal, once there are `count`.

        Values are in OVSDB's JSON notation. Raises AssertionError with what there was at the end.
        """
        server = {"NB": self.northbound, "SB": self.southbound}[database]
        deadline = time.monotonic() + timeout_s
        while True:
            rows = await server.rows(table)
            found = [row for row in rows if all(row[name] == value for name, value in columns.items())]
            if len(found) == count:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"wanted {count} {table} rows with {columns}, found {len(found)} of {rows}")
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running_ovn(directory: Path) -> AsyncIterator[Ovn]:
    """OVN's central side in `directory`, stopped at the end."""
    northbound, southbound = northbound_server(directory), southbound_server(directory)
    northd = Northd(northbound, southbound, directory)
    try:
        await asyncio.gather(northbound.start(), southbound.start())
        await northd.start()
        yield Ovn(northbound, southbound, northd)
    finally:
        await northd.stop()
        await asyncio.gather(northbound.stop(), southbound.stop())


@pytest.fixture(scope="module")
async def ovn() -> AsyncIterator[Ovn]:
    """OVN's central side, empty, for one module."""
    with sandbox("ovn") as directory:
        async with running_ovn(directory) as central:
            yield central
