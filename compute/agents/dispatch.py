"""Sends desired states to the agents of their hosts: at once when told to, and again until the agent takes them up.

A message is built from the rows as they are when it is sent, so an old signal sends the newest state. What is lost
on the way is sent again by the timer, less and less often; a host that says nothing is left alone until its
inventory shows what it lacks.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from compute.agents.backlog import Backlog
from compute.hosts.store import SILENCE_S
from compute.messages import (
    AbsentServer,
    DesiredServer,
    agent_topic,
    encode,
    server_key,
)
from compute.servers.desired_rows import read_desired
from compute.servers.server import Server, parse_server
from runtime.bus.interface import Bus
from runtime.crashpoints import crash_point
from runtime.database import Connection, Database, queries
from runtime.reconciler import Reconciler

SQL = queries(Path(__file__).with_name("queries.sql"))

PERIOD_S = 2.0
LEFT_TO_THE_SIGNAL_S = 1.0
MOST_PENDING = 1000
READ_AT_ONCE = 100

Outgoing = tuple[str, DesiredServer | AbsentServer]
"""A host and what its agent is told."""


class Dispatcher:
    """Every control process has one; two that send the same server send the same message under the same key."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._backlog = Backlog()
        self._reconciler = Reconciler("dispatch", self._send_pending, period_s=PERIOD_S)

    async def run(self) -> None:
        """Sends again what was not taken up, until cancelled."""
        await self._reconciler.run()

    async def announce(self, server_ids: Sequence[str], *, request_id: str | None = None) -> None:
        """Send what these servers should be now; those without a host are desired nowhere."""
        for start in range(0, len(server_ids), READ_AT_ONCE):
            async with self._database.snapshot() as conn:
                outgoing = await _read_outgoing(conn, server_ids[start : start + READ_AT_ONCE], request_id)
            for host, message in outgoing:
                await self._send(host, message)

    async def remove(self, host: str, server_id: str, generation: int) -> None:
        """Tell a host that a server has no business there, whatever the host holds of it."""
        await self._send(host, AbsentServer(UUID(server_id), generation))

    async def _send(self, host: str, message: DesiredServer | AbsentServer) -> None:
        crash_point("dispatch.before_publish")
        await self._bus.publish(agent_topic(host), encode(message), key=server_key(message.id, message.generation))

    async def _send_pending(self) -> None:
        async with self._database.connection() as conn:
            rows = SQL.select_pending(conn, silence_s=SILENCE_S, age_s=LEFT_TO_THE_SIGNAL_S, most=MOST_PENDING)
            pending = {row["id"]: row["generation"] async for row in rows}
        await self.announce(self._backlog.due(pending, time.monotonic()))


async def _read_outgoing(conn: Connection, server_ids: Sequence[str], request_id: str | None) -> list[Outgoing]:
    leaving: list[Server] = []
    staying: list[Server] = []
    async for row in SQL.select_placed(conn, server_ids=list(server_ids)):
        (leaving if row["leaving"] else staying).append(parse_server(row))
    gone = [AbsentServer(UUID(server.id), server.generation, request_id) for server in leaving]
    desired = await read_desired(conn, staying, request_id=request_id)
    hosts = [server.host or "" for server in (*leaving, *staying)]
    return list(zip(hosts, [*gone, *desired], strict=True))
