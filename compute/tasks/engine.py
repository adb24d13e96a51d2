"""Advances tasks: one step per transaction, until a step waits, fails, or the list is at its end.

Every transaction locks the server, then the task under the lease term that it was taken with. A process that was
paused, or killed and replaced, finds another term and leaves; a step that was in the middle never committed. So any
process may die anywhere: when the lease runs out, another one goes on with the step that the row names.

No task waits for another: a host that takes no messages holds up a few of its own, an error its own task alone.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

import msgspec
import structlog

from compute.servers import lifecycle
from compute.servers import store as servers
from compute.servers.lost_cards import detach_lost_cards
from compute.servers.rewiring import raise_rewired
from compute.servers.server import Fault, Server
from compute.tasks.faults import fault_of_deadline
from compute.tasks.steps import Context, Step, steps_of, take_back
from compute.tasks.store import SQL, UNDO_DEADLINES_S
from compute.tasks.task import Done, Failed, Outcome, Task, Waiting, parse_task
from runtime.crashpoints import crash_point
from runtime.database import Connection, Database
from runtime.reconciler import Reconciler

log = structlog.get_logger()


class Announce(Protocol):
    """Sends the desired state of servers to their hosts, as it is in the database now."""

    async def __call__(self, server_ids: Sequence[str], *, request_id: str | None = None) -> None: ...


PERIOD_S = 1.0
LOST_CARDS_PERIOD_S = 2.0
REWIRED_PERIOD_S = 2.0
LEASE_S = 5.0
MOST_AT_ONCE = 64
MOST_OF_HOST = 4
MOST_TRANSACTIONS = 8
"""Of MOST_AT_ONCE tasks most wait for their hosts to take a message; the others leave connections to the API."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
KEPT_DAYS = 90
FORGOTTEN_AT_ONCE = 1000


class Progress(Enum):
    """What became of one step: there is a next one, a fact is missing, the task ended, or it was not ours any more."""

    ON = "on"
    WAITING = "waiting"
    ENDED = "ended"
    LOST = "lost"


class TaskRunner:
    """Runs the tasks of all servers; any number of control processes have one each.

    `wake_network` is called after a task ended, which may have let go of ports.
    """

    def __init__(self, database: Database, announce: Announce, wake_network: Callable[[], None]) -> None:
        self._database = database
        self._announce = announce
        self._wake_network = wake_network
        self._busy: set[int] = set()
        self._transactions = asyncio.Semaphore(MOST_TRANSACTIONS)
        self._advancing = Reconciler("tasks", self._take_due, period_s=PERIOD_S)
        self._finding_lost_cards = Reconciler("lost cards", self._detach_lost_cards, period_s=LOST_CARDS_PERIOD_S)
        self._finding_rewired = Reconciler("rewired servers", self._raise_rewired, period_s=REWIRED_PERIOD_S)
        self._forgetting = Reconciler("old tasks", self._forget_finished, period_s=3600)

    def activate(self) -> None:
        """Something is due: a task was begun, or a report came in."""
        self._advancing.activate()

    async def run(self) -> None:
        """Runs until cancelled, which is as safe as being killed."""
        async with asyncio.TaskGroup() as self._group:
            for part in (self._advancing, self._finding_lost_cards, self._finding_rewired, self._forgetting):
                self._group.create_task(part.run())

    async def _take_due(self) -> None:
        """Begin what is due, as far as there is room; whatever ends makes room and has this run again."""
        room = MOST_AT_ONCE - len(self._busy)
        if room == 0:
            return
        async with self._database.transaction() as conn:
            claimed = SQL.claim(conn, lease_s=LEASE_S, most=room, busy=list(self._busy), most_of_host=MOST_OF_HOST)
            tasks = [task for row in [row async for row in claimed] if (task := await _read_claimed(conn, row))]
        for task in tasks:
            self._busy.add(task.id)
            self._group.create_task(self._advance_alone(task))

    async def _advance_alone(self, task: Task) -> None:
        """Advance one task, whose errors reach nobody else: even one that cannot be put off has its lease run out."""
        try:
            await self.advance(task)
        except Exception:
            log.exception("task is left until its lease runs out", task=task.id, server=task.server_id)
        finally:
            self._busy.discard(task.id)
            self._advancing.activate()

    async def advance(self, task: Task) -> None:
        """Run the task's steps from where its row stands, under the lease that `task` was taken with.

        An unexpected error is logged and the step tried again later, until the deadline.
        """
        with structlog.contextvars.bound_contextvars(request_id=task.request_id, server=task.server_id, task=task.id):
            try:
                while (progress := await self._run_step(task)) is Progress.ON:
                    pass
                if progress is Progress.ENDED:
                    self._wake_network()
            except Exception:
                log.exception("task step failed unexpectedly", kind=task.kind)
                async with self._database.transaction() as conn:
                    await SQL.postpone(conn, id=task.id, lease_term=task.lease_term, pause_s=_pause_s(task.errors))

    async def _run_step(self, taken: Task) -> Progress:
        async with self._transactions, self._database.transaction() as conn:
            server = await _lock_server(conn, taken.server_id)
            row = await SQL.lock(conn, id=taken.id, lease_term=taken.lease_term)
            if row is None:
                return Progress.LOST
            task = parse_task(row)
            if server is None:
                await SQL.finish(conn, id=task.id, state="superseded")
                return Progress.ENDED
            context = Context(conn, task, server)
            progress = await _apply_step(context, expired=row["expired"])
            crash_point(f"{_point(task)}.before_commit")
        crash_point(f"{_point(task)}.after_commit")
        if context.tell_agent:
            await self._announce([server.id], request_id=task.request_id)
            crash_point(f"{_point(task)}.after_announce")
        return progress

    async def _detach_lost_cards(self) -> None:
        if await detach_lost_cards(self._database):
            self.activate()

    async def _raise_rewired(self) -> None:
        """Sending is left to the dispatcher's timer: a host that is slow to take messages must not stop the search."""
        if await raise_rewired(self._database):
            self._finding_rewired.activate()

    async def _forget_finished(self) -> None:
        async with self._database.transaction() as conn:
            await SQL.forget_finished(conn, days=KEPT_DAYS, most=FORGOTTEN_AT_ONCE)


async def _read_claimed(conn: Connection, row: Mapping[str, Any]) -> Task | None:
    """The task of a claimed row; one that this process cannot read, as a newer one's may be, is put off and logged."""
    try:
        return parse_task(row)
    except msgspec.ValidationError:
        log.exception("task cannot be read", task=row["id"], server=str(row["server_id"]))
        await SQL.postpone(conn, id=row["id"], lease_term=row["lease_term"], pause_s=LONGEST_PAUSE_S)
        return None


async def _lock_server(conn: Connection, server_id: str) -> Server | None:
    try:
        return await servers.lock(conn, server_id, None)
    except servers.ServerNotFound:
        return None


async def _apply_step(context: Context, *, expired: bool) -> Progress:
    """Run the step that the task stands at, and write down what it answered."""
    task = context.task
    steps = steps_of(task)
    step = steps[task.position]
    await SQL.begin_event(
        context.conn, task_id=task.id, number=_number(task), name=step.__name__, host=context.server.host
    )
    outcome = await _ask(context, step, expired)
    match outcome:
        case Done():
            await _end_event(context, "Success", None)
            return await _go_on(context, last=task.position + 1 == len(steps))
        case Waiting():
            await SQL.wait(context.conn, id=task.id, pause_s=_pause_s(task.waits))
            return Progress.WAITING
        case Failed(fault):
            await _end_event(context, "Error", fault.details)
            return await _fail(context, fault)


async def _ask(context: Context, step: Step, expired: bool) -> Outcome:
    """What the step says; past its deadline a step that waits, or that raised when last tried, has failed."""
    task = context.task
    late = Failed(fault_of_deadline(task.kind, step.__name__))
    if expired and task.errors:
        return late
    outcome = await step(context)
    return late if expired and isinstance(outcome, Waiting) else outcome


async def _go_on(context: Context, *, last: bool) -> Progress:
    if not last:
        await SQL.advance(context.conn, id=context.task.id)
        return Progress.ON
    await SQL.finish(context.conn, id=context.task.id, state="failed" if context.task.undoing else "done")
    return Progress.ENDED


async def _fail(context: Context, fault: Fault) -> Progress:
    """Take back what the task made; where that does not leave the server as it was before, put it into ERROR."""
    conn, task = context.conn, context.task
    log.warning("task failed", kind=task.kind, fault=fault.message, details=fault.details)
    generation = await take_back(context)
    if generation is None or task.kind == "create":
        await lifecycle.fail(conn, task.server_id, fault)
    if generation is None:
        await SQL.finish(conn, id=task.id, state="failed")
        return Progress.ENDED
    await SQL.undo(conn, id=task.id, generation=generation, deadline_s=UNDO_DEADLINES_S[task.kind])
    return Progress.ON


async def _end_event(context: Context, result: str, details: str | None) -> None:
    await SQL.end_event(
        context.conn, task_id=context.task.id, number=_number(context.task), result=result, details=details
    )


def _number(task: Task) -> int:
    """The event number of the task's present step; those of taking back follow all others."""
    return task.position + (100 if task.undoing else 0)


def _point(task: Task) -> str:
    """The crash point of the task's present step, e.g. `task.create.tell_agent`."""
    kind = f"undo_{task.kind}" if task.undoing else task.kind
    return f"task.{kind}.{steps_of(task)[task.position].__name__}"


def _pause_s(times: int) -> float:
    return min(FIRST_PAUSE_S * 2 ** min(times, 10), LONGEST_PAUSE_S)
