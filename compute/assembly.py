"""The parts of compute that a control process holds, put together over a bus."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from compute.agents.dispatch import Dispatcher
from compute.agents.peers import peer_of
from compute.agents.reports import ReportReceiver
from compute.agents.withdrawals import WithdrawalNews
from compute.messages import CONTROL_TOPIC
from compute.servers.console import ConsoleDesk
from compute.tasks.engine import TaskRunner
from runtime.bus.amqp import AmqpBus
from runtime.bus.interface import Bus, Limits
from runtime.bus.websocket_server import WebSocketServer
from runtime.database import Database
from runtime.settings import Secret

CONTROL_NAME = "control"


class BusSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How agents are reached: through the broker at `amqp_url` (amqps:// for TLS); without one, by WebSocket."""

    amqp_url: Secret | None = None


@dataclass(frozen=True)
class Compute:
    """What routes need: `runner` to wake after a commit, `console` to ask agents, `bus` for the agents' own route.

    `receiver` counts the messages of agents that were not believed; `withdrawals` is for the network to speak to.
    """

    bus: Bus
    runner: TaskRunner
    console: ConsoleDesk
    receiver: ReportReceiver
    withdrawals: WithdrawalNews


def make_bus(settings: BusSettings) -> Bus:
    """Control's end of the bus that the settings name, not open yet."""
    if settings.amqp_url is None:
        return WebSocketServer(CONTROL_NAME, peer_of, limits=Limits())
    url = settings.amqp_url.reveal()
    context = ssl.create_default_context() if url.startswith("amqps:") else None
    return AmqpBus(url, limits=Limits(), ssl_context=context)


@asynccontextmanager
async def open_compute(database: Database, bus: Bus, wake_network: Callable[[], None]) -> AsyncIterator[Compute]:
    """Tasks, dispatch and reports at work until the block ends; closes the bus. `wake_network` has marks translated.

    A part that ends by itself is a bug, and ends the block.
    """
    # TODO(correctness): with several control processes on AMQP a console's answer may reach a process that did not ask.
    console = ConsoleDesk(bus, CONTROL_TOPIC)
    dispatcher = Dispatcher(database, bus)
    runner = TaskRunner(database, dispatcher.announce, wake_network)
    receiver = ReportReceiver(database, dispatcher, runner.activate, wake_network, console.answer)
    await bus.consume(CONTROL_TOPIC, receiver.receive)
    await bus.open()
    async with asyncio.TaskGroup() as parts:
        working = [parts.create_task(part.run()) for part in (runner, dispatcher)]
        try:
            yield Compute(bus, runner, console, receiver, WithdrawalNews(database, bus))
        finally:
            await bus.close()
            for task in working:
                task.cancel()
