"""`meridian control`: every API, the translator, the reconcilers, in one process.

Parts open in the order of their needs and close in reverse. The process serves as soon as PostgreSQL answers; OVN,
agents and the bus may come and go. SIGTERM stops taking requests, lets those in flight finish, and ends.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from compute.images.content import ContentStore
from compute.images.routes import CONTENT
from deploy.apis import APIS, RULES
from deploy.settings import ControlSettings, HttpSettings, MetricsSettings
from identity.assembly import IDENTITY, open_identity
from identity.authentication import authenticate
from identity.policy import POLICY, Policy
from runtime.database import Database
from runtime.metrics import HttpMetrics
from runtime.web.application import build
from runtime.web.keys import DATABASE

log = structlog.get_logger()
GRACE_S = 10.0


async def run(settings: ControlSettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as parts:
        registry = CollectorRegistry()
        application = await assemble(settings, registry, parts)
        await parts.enter_async_context(_serving(application, settings.http))
        await parts.enter_async_context(_serving_metrics(registry, settings.metrics))
        log.info("serving", host=settings.http.host, port=settings.http.port)
        await stopping.wait()
        log.info("stopping")


async def assemble(settings: ControlSettings, registry: CollectorRegistry, parts: AsyncExitStack) -> web.Application:
    """The application with everything its handlers need; what it opened is closed by `parts`."""
    application = build(APIS, authenticate, HttpMetrics(registry))
    application[POLICY] = Policy(RULES, settings.policy)
    application[DATABASE] = database = await Database.open(settings.database)
    parts.push_async_callback(database.close)
    application[IDENTITY] = await parts.enter_async_context(
        open_identity(settings.identity, database, settings.database)
    )
    application[CONTENT] = ContentStore(settings.images.directory, settings.images.largest_bytes)
    return application


@asynccontextmanager
async def _serving(application: web.Application, settings: HttpSettings) -> AsyncIterator[None]:
    runner = web.AppRunner(application, access_log=None, auto_decompress=False, shutdown_timeout=GRACE_S)
    await runner.setup()
    try:
        if settings.socket:
            await web.UnixSite(runner, str(_fresh(settings.socket))).start()
        await web.TCPSite(runner, settings.host, settings.port).start()
        yield
    finally:
        await runner.cleanup()


def _fresh(socket: Path) -> Path:
    """The path of a socket, free of what a killed process left there."""
    socket.unlink(missing_ok=True)
    return socket


@asynccontextmanager
async def _serving_metrics(registry: CollectorRegistry, settings: MetricsSettings) -> AsyncIterator[None]:
    async def scrape(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.router.add_get("/metrics", scrape)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        yield
    finally:
        await runner.cleanup()
