"""The process of one hypervisor: takes its place, opens what it needs and runs the agent."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compute.agent.application import Agent
from compute.agent.control import Control
from compute.agent.settings import AgentSettings
from runtime.bus.interface import Bus, Limits
from runtime.bus.websocket_client import WebSocketClient

BUS_PATH = "/meridian/v1/bus"


class AlreadyRunning(Exception):
    """Another agent works with this state directory."""


async def run(settings: AgentSettings) -> None:
    """The agent until cancelled. Raises AlreadyRunning. It waits for whatever is not there yet."""
    with _alone_in(settings.state_dir):
        async with Control(settings.control) as control:
            await Agent(settings, _bus(settings, control), control.download_image).run()


def _bus(settings: AgentSettings, control: Control) -> Bus:
    if settings.amqp_url is not None:
        # An agent without a broker does without the memory of its client.
        from runtime.bus.amqp import AmqpBus

        return AmqpBus(settings.amqp_url.reveal(), limits=Limits())
    access = settings.control
    return WebSocketClient(f"{access.url}{BUS_PATH}", control.fresh_token, unix_socket=access.socket, limits=Limits())


@contextmanager
def _alone_in(state_dir: Path) -> Iterator[None]:
    """Two agents on one directory would undo each other's work. The lock goes with the process."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "agent.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"another agent uses {state_dir}") from None
        yield
