"""Ports that one project asks for at the same time are made in one transaction.

    request -> order -> queue of its project -> [ survey, prepare each, insert, commit ] -> its port, or its own refusal

A project's quota counter is locked from the insert of a port to the commit, so that the requests of one project wait
for each other whatever we do. Here they wait in a queue, and all that gathered while the last group was written go
through together: one commit, one set of statements. Nobody waits on purpose: a request that is alone is its own group.
Projects do not meet: each has its own queue and its own transactions.

Orders of a group do not see each other's errors. One that is refused before the first write leaves the group, and when
PostgreSQL refuses the group, each is tried again by itself: who fails then fails alone.
"""

import asyncio
import contextvars
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from identity.audit.acts import Act, current
from northbound.changes import store as changes
from northbound.ports.inserting import insert_ports
from northbound.ports.orders import NewPort, Order, survey
from northbound.ports.port import Port
from runtime.crashpoints import crash_point
from runtime.database import Connection, Database
from runtime.errors import Problem, Unavailable

MOST_TOGETHER = 100
Settle = Callable[[int], Awaitable[bool]]
Key = tuple[str, str | None]


@dataclass(slots=True)
class Waiting:
    """An order, who waits for its port and for the revision of its marks, and in which request."""

    order: Order
    act: Act | None = field(default_factory=current)
    made: asyncio.Future[tuple[Port, int]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def answer(self, port: Port, revision: int) -> None:
        if not self.made.done():
            self.made.set_result((port, revision))

    def refuse(self, error: BaseException) -> None:
        if not self.made.done():
            self.made.set_exception(error)


class PortMaker:
    """Makes ports for requests. `settle` waits (bounded) until OVN holds a revision."""

    def __init__(self, database: Database, settle: Settle) -> None:
        self._database = database
        self._settle = settle
        self._queues: dict[Key, list[Waiting]] = defaultdict(list)
        self._writers: dict[Key, asyncio.Task[None]] = {}

    async def make(self, order: Order, reach: str | None) -> Port:
        """The port, committed, and in OVN unless that takes too long. Raises what `store.create_ports` raises."""
        key, waiting = (order.project_id, reach), Waiting(order)
        self._queues[key].append(waiting)
        if key not in self._writers:
            writing = self._write_queue(key)
            # In a context of its own: it outlives this request, and writes for others too.
            self._writers[key] = asyncio.create_task(writing, name="port-maker", context=contextvars.Context())
        port, revision = await waiting.made
        await self._settle(revision)
        return port

    async def _write_queue(self, key: Key) -> None:
        queue = self._queues[key]
        try:
            while queue:
                group, queue[:] = queue[:MOST_TOGETHER], queue[MOST_TOGETHER:]
                await self._write_group(group, key[1])
        finally:
            for waiting in self._queues.pop(key):
                waiting.refuse(Unavailable("The request was interrupted; try again."))
            del self._writers[key]

    async def _write_group(self, group: Sequence[Waiting], reach: str | None) -> None:
        try:
            await self._write(group, reach)
        except Exception as error:
            # After a lost connection the outcome is unknown: nothing is repeated.
            if len(group) == 1 or isinstance(error, Unavailable):
                for waiting in group:
                    waiting.refuse(error)
                return
            for waiting in group:
                if not waiting.made.done():  # who was refused beforehand has been told so
                    await self._write_group([waiting], reach)

    async def _write(self, group: Sequence[Waiting], reach: str | None) -> None:
        async with self._database.transaction() as conn:
            made, revision = await _insert(conn, group, reach)
            causes = {waiting.order.request_id for waiting, _ in made} - {None}
            events = [event for waiting, port in made if waiting.act for event in waiting.act.take_creation(port.id)]
            await changes.note(conn, sorted(causes), group[0].order.project_id, events)
            crash_point("write.before_commit")
        crash_point("write.after_commit")
        for waiting, port in made:
            waiting.answer(port, revision)


async def _insert(
    conn: Connection, group: Sequence[Waiting], reach: str | None
) -> tuple[list[tuple[Waiting, Port]], int]:
    """(who gets which port, the revision of their marks); who is refused beforehand has been told."""
    ground = await survey(conn, [waiting.order for waiting in group], reach)
    prepared: list[tuple[Waiting, NewPort]] = []
    for waiting in group:
        try:
            prepared.append((waiting, ground.prepare(waiting.order)))
        except Problem as problem:
            waiting.refuse(problem)
    if not prepared:
        return [], 0
    ports, revision = await insert_ports(conn, ground, [(waiting.order, port) for waiting, port in prepared])
    return [(waiting, port) for (waiting, _), port in zip(prepared, ports, strict=True)], revision


PORT_MAKER = web.AppKey("port_maker", PortMaker)
