"""What clients asked for, what they were answered, and so in which states each port may be.

    acknowledged -> that state alone      refused -> as before      unknown -> as before, or that state

A state is the port's description; None is absence. Each port has one writer, which goes on to the next port after an
unknown outcome, so that what is possible is always known.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import aiohttp

from deploy.lab.daemons.waiting import until
from tests.faults.network.plane import Api

State = str | None
UNKNOWN = 0


@dataclass
class History:
    """`possible` is by the port's name; `acknowledged` counts the writes that were."""

    possible: dict[str, set[State]] = field(default_factory=dict)
    acknowledged: int = 0
    unknown: int = 0
    last_answer: str = "none"

    def record(self, name: str, status: int, state: State) -> bool:
        """Takes note of one answer; whether it was an acknowledgement."""
        possible = self.possible.setdefault(name, {None})
        if 200 <= status < 300:
            self.possible[name] = {state}
            self.acknowledged += 1
            return True
        if status == UNKNOWN or status >= 500:
            possible.add(state)
            self.unknown += 1
        return False

    async def wait_acknowledged(self, more: int, timeout_s: float = 60) -> None:
        """Returns when so many more writes were acknowledged. Raises AssertionError with what there was instead."""
        wanted = self.acknowledged + more

        async def enough() -> bool:
            return self.acknowledged >= wanted

        try:
            await until(enough, timeout_s)
        except TimeoutError:
            raise AssertionError(
                f"{wanted - self.acknowledged} of {more} writes are missing, {self.unknown} have an unknown outcome;"
                f" the last answer: {self.last_answer}"
            ) from None

    def contradictions(self, present: dict[str, str]) -> list[str]:
        """A line for each port that is in no state in which it may be; `present` is description by name (V1, V2)."""
        found = [f"port {name} was never asked for" for name in present.keys() - self.possible.keys()]
        return found + [
            f"port {name} is {present.get(name)!r}, it may be {possible}"
            for name, possible in self.possible.items()
            if present.get(name) not in possible
        ]


@asynccontextmanager
async def writers(api: Api, network_id: str, amount: int = 8) -> AsyncIterator[History]:
    """Clients that make, change and delete ports while the block lasts; each finishes the request it is in."""
    history, stopping = History(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for number in range(amount):
            tasks.create_task(_write(api, network_id, f"w{number}", history, stopping))
        try:
            yield history
        finally:
            stopping.set()


async def _write(api: Api, network_id: str, writer: str, history: History, stopping: asyncio.Event) -> None:
    for number in count():
        if stopping.is_set():
            return
        await _live(api, network_id, f"{writer}-{number}", history, deleted=number % 3 == 0)


async def _live(api: Api, network_id: str, name: str, history: History, *, deleted: bool) -> None:
    """One port's life, as far as the answers are known."""
    draft = {"network_id": network_id, "name": name, "description": "made"}
    status, body = await _ask(api, "POST", "ports", {"port": draft})
    history.last_answer = f"{status} {body}"
    if not history.record(name, status, "made"):
        return
    path = f"ports/{body['port']['id']}"
    status, _ = await _ask(api, "PUT", path, {"port": {"description": "changed"}})
    if history.record(name, status, "changed") and deleted:
        status, _ = await _ask(api, "DELETE", path)
        history.record(name, status, None)


async def _ask(api: Api, method: str, path: str, body: dict | None = None) -> tuple[int, dict | None]:
    """The answer; a connection that broke or stayed silent is UNKNOWN, and gives control a moment to come back."""
    try:
        return await api.ask(method, path, body)
    except (aiohttp.ClientError, TimeoutError):
        await asyncio.sleep(0.1)
        return UNKNOWN, None
