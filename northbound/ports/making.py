"""Ports that one project asks for at the same time are made together, by one statement that is its own transaction.

    request -> order -> queue of its project -> [ survey, prepare each, insert ] -> its port, or its own refusal

A project's quota counter is locked from the insert of a port to the commit, so that the requests of one project wait
for each other whatever we do. Here they wait in a queue, and all that gathered while the last group was written go
through together: one statement reads what they stand on, one writes. Nobody waits on purpose: a request that is alone
is its own group. Projects do not meet: each has its own queue and its own statements.

What others might take away between the two (their networks, groups and policies) is held by a transaction around both.

Orders of a group do not see each other's errors. One that is refused before the first write leaves the group, and when
PostgreSQL refuses the group, each is tried again by itself: who fails then fails alone.
"""

import asyncio
import contextvars
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from identity.audit.acts import Act, current
from northbound.ports.inserting import Noted, insert_ports, with_another_mac
from northbound.ports.orders import Ground, NewPort, Order, survey
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
        async with self._database.connection() as conn:
            ground = await survey(conn, [waiting.order for waiting in group], reach)
            if ground.firm:
                prepared = _prepare(ground, group)
                if not any(port.lacks_default_group for _, port in prepared.values()):
                    await _insert_firm(conn, ground, prepared)
                    return
        await self._write_held(group, reach)

    async def _write_held(self, group: Sequence[Waiting], reach: str | None) -> None:
        """As `_insert_firm`, in a transaction that holds what the orders stand on."""
        made: list[tuple[Waiting, Port]] = []
        revision = 0
        async with self._database.transaction() as conn:
            ground = await survey(conn, [waiting.order for waiting in group], reach)
            prepared = _prepare(ground, group)
            left = [(waiting.order, port) for waiting, port in prepared.values()]
            while left:
                inserted = await insert_ports(conn, left, _noted(prepared, left))
                made += [(prepared[name][0], port) for name, port in inserted.ports.items()]
                left = [(order, with_another_mac(ground, order, port)) for order, port in inserted.left]
                revision = inserted.revision
            crash_point("write.before_commit")
        crash_point("write.after_commit")
        for waiting, port in made:
            waiting.answer(port, revision)


def _prepare(ground: Ground, group: Sequence[Waiting]) -> dict[str, tuple[Waiting, NewPort]]:
    """Who waits for which port, by the port's id; who is refused already has been told, now or before."""
    prepared: dict[str, tuple[Waiting, NewPort]] = {}
    for waiting in group:
        if waiting.made.done():
            continue
        try:
            port = ground.prepare(waiting.order)
        except Problem as problem:
            waiting.refuse(problem)
        else:
            prepared[port.id] = (waiting, port)
    return prepared


def _noted(prepared: Mapping[str, tuple[Waiting, NewPort]], left: Sequence[tuple[Order, NewPort]]) -> Noted:
    acts = [(port.id, prepared[port.id][0].act) for _, port in left]
    events = [event for port_id, act in acts if act is not None for event in act.take_creation(port_id)]
    return Noted(left[0][0].project_id, events)


async def _insert_firm(conn: Connection, ground: Ground, prepared: Mapping[str, tuple[Waiting, NewPort]]) -> None:
    """Inserts by single statements, each a transaction: one, unless a MAC that was made up is made up again."""
    left = [(waiting.order, port) for waiting, port in prepared.values()]
    while left:
        crash_point("write.before_commit")
        inserted = await insert_ports(conn, left, _noted(prepared, left))
        crash_point("write.after_commit")
        for name, port in inserted.ports.items():
            prepared[name][0].answer(port, inserted.revision)
        left = []
        for order, port in inserted.left:
            try:
                left.append((order, with_another_mac(ground, order, port)))
            except Problem as problem:
                # The others of the statement are committed: nobody is tried again.
                prepared[port.id][0].refuse(problem)


PORT_MAKER = web.AppKey("port_maker", PortMaker)
