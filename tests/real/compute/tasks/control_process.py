"""A control process without HTTP APIs: compute over a WebSocket bus, for a test to kill.

Arguments: directory of PostgreSQL's socket, name of the database, TCP port of the bus.
"""

import asyncio
import sys

from aiohttp import web

from compute.assembly import open_compute
from runtime.bus.websocket_server import WebSocketServer
from runtime.database import Database, DatabaseSettings
from tests.real.compute.tasks.agents import BUS_LIMITS, peer_by_host


async def main(postgres: str, database_name: str, port: str) -> None:
    database = await Database.open(DatabaseSettings(host=postgres, name=database_name, user="postgres", connections=4))
    bus = WebSocketServer("control", peer_by_host, limits=BUS_LIMITS)
    application = web.Application()
    application.router.add_get("/bus", bus.handle)
    async with open_compute(database, bus, wake_network=lambda: None):
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(port), reuse_address=True).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
