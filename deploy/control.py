"""`meridian control`: every API, the translator, the reconcilers, in one process.

Parts open in the order of their needs and close in reverse. The process serves as soon as PostgreSQL answers; OVN,
agents and the bus may come and go. SIGTERM stops taking requests, lets those in flight finish, and ends.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from compute.agents.application import AGENT_BUS
from compute.assembly import make_bus, open_compute
from compute.images.content import ContentStore
from compute.images.quota import IMAGE_QUOTA, ImageQuota
from compute.images.routes import CONTENT
from compute.images.sweeping import Sweeper
from compute.keypairs.maker import KEY_MAKER, KeyMaker
from compute.servers.console import CONSOLE
from compute.servers.writes import TASKS
from deploy.apis import APIS, RULES
from deploy.settings import ControlSettings, HttpSettings, MetricsSettings
from identity.assembly import IDENTITY, open_identity
from identity.audit.watch import refused
from identity.authentication import authenticate
from identity.policy import POLICY, Policy
from northbound.assembly import services as network_services
from northbound.translation.service import TRANSLATION, Translation
from northbound.translation.statistics import TranslationCollector
from runtime.bus.interface import Bus
from runtime.bus.metrics import BusCollector
from runtime.bus.websocket_server import WebSocketServer
from runtime.database import Database
from runtime.metrics import HttpMetrics
from runtime.web.application import build
from runtime.web.keys import DATABASE

log = structlog.get_logger()
GRACE_S = 10.0
COLLECTOR_THRESHOLDS = (10_000, 10, 1_000)


async def run(settings: ControlSettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as parts:
        registry = CollectorRegistry()
        application = await assemble(settings, registry, parts)
        await parts.enter_async_context(_serving_metrics(registry, settings.metrics))
        await parts.enter_async_context(_serving(application, settings.http))
        log.info("serving", host=settings.http.host, port=settings.http.port)
        spare_collections()
        await stopping.wait()
        log.info("stopping")


def spare_collections() -> None:
    """Keeps Python's cycle collector from walking all that lives here again and again.

    A full collection takes 65 to 150 ms at 10,000 ports, and nearly everything it walks (modules, routes, the replica of
    OVN) is no garbage and holds no cycles. What is there now is left out for good; young objects are looked at in larger
    lots, old ones rarely.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)


async def assemble(settings: ControlSettings, registry: CollectorRegistry, parts: AsyncExitStack) -> web.Application:
    """The application with everything its handlers need; what it opened is closed by `parts`."""
    application = build(APIS, authenticate, HttpMetrics(registry), refused)
    application[POLICY] = policy = Policy(RULES, settings.policy)
    await parts.enter_async_context(running(policy.follow(), "policy"))
    application[DATABASE] = database = await Database.open(settings.database, settings.addresses.session())
    parts.push_async_callback(database.close)
    application[IDENTITY] = await parts.enter_async_context(
        open_identity(settings.identity, database, settings.database)
    )
    translation = await parts.enter_async_context(_translating(settings, database))
    for key, service in network_services(database, translation, settings.routers).items():
        application[key] = service
    registry.register(TranslationCollector(translation))
    application[IMAGE_QUOTA] = ImageQuota(settings.images)
    application[CONTENT] = content = ContentStore(settings.images.directory, settings.images.largest_bytes)
    await parts.enter_async_context(running(Sweeper(database, content).run(), "image sweeper"))
    application[KEY_MAKER] = key_maker = KeyMaker()
    parts.callback(key_maker.close)
    registry.register(BusCollector(await _add_compute(application, settings, parts)))
    return application


async def _add_compute(application: web.Application, settings: ControlSettings, parts: AsyncExitStack) -> Bus:
    """Tasks, the bus and the consoles; with a broker, agents do not come to our own door. Returns the bus."""
    bus = make_bus(settings.bus)
    compute = await parts.enter_async_context(open_compute(application[DATABASE], bus, application[TRANSLATION].wake))
    application[TASKS], application[CONSOLE] = compute.runner, compute.console
    application[TRANSLATION].on_withdrawn(compute.withdrawals.tell)
    if isinstance(bus, WebSocketServer):
        application[AGENT_BUS] = bus
        application.on_shutdown.append(_closing(bus))
    return bus


def _closing(bus: Bus) -> Callable[[web.Application], Awaitable[None]]:
    """Agents' connections end before the server waits for the requests in flight, of which each is one."""

    async def close(_application: web.Application) -> None:
        await bus.close()

    return close


@asynccontextmanager
async def _translating(settings: ControlSettings, database: Database) -> AsyncIterator[Translation]:
    holder = f"{socket.gethostname()}/{os.getpid()}"
    translation = Translation(database, settings.database, settings.ovn, holder=holder)
    async with running(translation.run(), "translation"):
        yield translation


@asynccontextmanager
async def running(work: Coroutine[None, None, None], name: str) -> AsyncIterator[None]:
    """Runs `work` while the block lasts. Work that ends by itself takes the process with it: its supervisor starts
    it anew, which is what every part of control is made to survive."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_end_with_it)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _end_with_it(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.error("a part ended", part=task.get_name(), exc_info=task.exception())
        os.kill(os.getpid(), signal.SIGTERM)


@asynccontextmanager
async def _serving(application: web.Application, settings: HttpSettings) -> AsyncIterator[None]:
    """The unix socket opens last: whoever finds it may rely on the ports being ours too."""
    runner = web.AppRunner(application, access_log=None, auto_decompress=False, shutdown_timeout=GRACE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        if settings.socket:
            await web.UnixSite(runner, str(_fresh(settings.socket))).start()
        yield
    finally:
        await runner.cleanup()


def _fresh(path: Path) -> Path:
    """The path of a socket, free of what a killed process left there."""
    path.unlink(missing_ok=True)
    return path


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
