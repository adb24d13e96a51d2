"""Tasks in PostgreSQL: begun by requests, read as instance actions. What the engine writes, it writes itself."""

from collections.abc import Sequence
from pathlib import Path

from compute.servers.server import Server
from compute.tasks.task import Event, Kind, Task, parse_event, parse_task
from runtime.database import Connection, queries

SQL = queries(Path(__file__).with_name("queries.sql"))

DEADLINES_S: dict[Kind, float | None] = {
    "create": 600,
    "delete": None,
    "start": 180,
    "stop": 180,
    "reboot": 180,
    "attach_interface": 120,
    "detach_interface": 120,
}
"""After this a task fails. A deletion never does: it waits for its host, and shows `deleting` meanwhile."""

UNDO_DEADLINES_S: dict[Kind, float | None] = {
    "create": None,
    "attach_interface": 120,
    "detach_interface": 120,
}
"""After this, taking back fails too. What a creation left on a host is waited for as long as the host takes."""

LONGEST_LIST = 1000


async def begin(
    conn: Connection, kind: Kind, server: Server, *, user_id: str, request_id: str, port_id: str | None = None
) -> Task:
    """Records that a request began to change a server, in the transaction that gave `server` its generation.

    `port_id` is the card's that comes or goes. A deletion supersedes everything that is being done to the server. The
    caller holds the server's lock, and wakes the runner after the commit.
    """
    if kind == "delete":
        await SQL.supersede(conn, server_id=server.id)
    row = await SQL.insert(
        conn,
        server_id=server.id,
        project_id=server.project_id,
        user_id=user_id,
        request_id=request_id,
        kind=kind,
        generation=server.generation,
        port_id=port_id,
        deadline_s=DEADLINES_S[kind],
    )
    return parse_task(row)


async def wake(conn: Connection, server_ids: Sequence[str]) -> None:
    """Makes what is being done to these servers due now, because a fact of theirs changed in this transaction."""
    await SQL.wake(conn, server_ids=list(server_ids))


async def tasks_of(conn: Connection, server_id: str) -> list[Task]:
    """Newest first, at most LONGEST_LIST."""
    return [parse_task(row) async for row in SQL.select_of(conn, server_id=server_id, most=LONGEST_LIST)]


async def find(conn: Connection, server_id: str, request_id: str) -> Task | None:
    """What one request did to one server."""
    row = await SQL.find(conn, server_id=server_id, request_id=request_id)
    return parse_task(row) if row else None


async def events_of(conn: Connection, task_id: int) -> list[Event]:
    """The steps that began, in order."""
    return [parse_event(row) async for row in SQL.select_events(conn, task_id=task_id)]
