"""The steps of each kind of task. A step works through its transaction alone, and may run any number of times.

What happens on a host happens between two steps: `tell_agent` has the desired state sent once its transaction has
committed (a timer sends it again for as long as the agent has not taken it up), and the next step waits until the
agent's report is in the server's row.
"""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from compute.interfaces import store as interfaces
from compute.servers import lifecycle
from compute.servers import store as servers
from compute.servers.server import Fault, Server
from compute.tasks.faults import SERVER_ERROR, UNEXPECTED, fault_of_agent
from compute.tasks.store import SQL
from compute.tasks.task import Done, Failed, Kind, Outcome, Task, Waiting
from runtime.database import Connection


@dataclass
class Context:
    """What a step works on. The server is locked; set `tell_agent` to have its desired state sent after the commit."""

    conn: Connection
    task: Task
    server: Server
    tell_agent: bool = field(default=False)


Step = Callable[[Context], Awaitable[Outcome]]


async def tell_agent(context: Context) -> Outcome:
    """Have the desired state sent. A server that was placed nowhere has failed already."""
    if context.server.host is None and context.task.kind != "delete" and not context.task.undoing:
        return Failed(_present_fault(context.server))
    context.tell_agent = True
    return Done()


async def wait_until_applied(context: Context) -> Outcome:
    """The agent has brought about the task's generation, or a later one: the server is at rest.

    A server that lost its host meanwhile, because its creation failed, will never get there.
    """
    server = context.server
    if server.host is None:
        return Failed(_present_fault(server))
    if (server.observed_generation or 0) < context.task.generation or server.observed_state == "building":
        return Waiting()
    if server.observed_state == "error":
        return Failed(fault_of_agent(server.observed_fault))
    settled = await lifecycle.settle(context.conn, server.id)
    return Done() if settled else Waiting()


async def wait_until_absent(context: Context) -> Outcome:
    """The agent has said that nothing is left. It is asked again when it gave up, because nothing else can be done."""
    server = context.server
    if server.host is None:
        return Done()
    if (server.observed_generation or 0) < context.task.generation:
        return Waiting()
    if server.observed_state == "absent":
        return Done()
    context.tell_agent = server.observed_state == "error"
    return Waiting()


async def remove_server(context: Context) -> Outcome:
    """Remove the row with its ports, its place and its share of the quota."""
    await lifecycle.finish_deletion(context.conn, context.server.id)
    return Done()


async def abandon_server(context: Context) -> Outcome:
    """Let go of what the server held; it stays in ERROR for its tenant to see."""
    await SQL.removed_from_host(context.conn, server_id=context.server.id)
    await lifecycle.abandon(context.conn, context.server.id, _present_fault(context.server))
    return Done()


def _present_fault(server: Server) -> Fault:
    return Fault(
        server.fault_code or SERVER_ERROR,
        server.fault_message or UNEXPECTED,
        server.fault_details or "",
    )


CHANGE: Sequence[Step] = (tell_agent, wait_until_applied)
DELETE: Sequence[Step] = (tell_agent, wait_until_absent, remove_server)
UNDO_CREATE: Sequence[Step] = (tell_agent, wait_until_absent, abandon_server)

STEPS: dict[Kind, Sequence[Step]] = {
    "create": CHANGE,
    "delete": DELETE,
    "start": CHANGE,
    "stop": CHANGE,
    "reboot": CHANGE,
    "attach_interface": CHANGE,
    "detach_interface": CHANGE,
}


UNDO_STEPS: dict[Kind, Sequence[Step]] = {
    "create": UNDO_CREATE,
    "attach_interface": CHANGE,
    "detach_interface": CHANGE,
}


def steps_of(task: Task) -> Sequence[Step]:
    """The steps of the task as it is now."""
    return UNDO_STEPS[task.kind] if task.undoing else STEPS[task.kind]


async def take_back(context: Context) -> int | None:
    """Stop wanting what a failed task made: the generation that says so, None when there is nothing to take back.

    Of a creation nothing stays on the host; a card that did not come is let go of again, and one that did not go
    stays. Other changes stay wanted: a server that did not stop in time may still do so.
    """
    conn, task, server = context.conn, context.task, context.server
    if task.undoing or server.host is None:
        return None
    if task.kind == "create":
        return (await SQL.remove_from_host(conn, server_id=server.id))["generation"]
    if task.port_id is None:
        return None
    if task.kind == "attach_interface":
        with contextlib.suppress(interfaces.CardNotFound):  # its detaching was asked for meanwhile
            await interfaces.leave(conn, server.id, task.port_id)
    else:
        await interfaces.stay(conn, server.id, task.port_id)
    return (await servers.begin(conn, server, server.task_state)).generation
