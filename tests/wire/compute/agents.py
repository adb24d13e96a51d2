"""An agent reduced to its words: it says at once that what it was told is done.

It speaks through the functions that real reports go through, so that everything but the hypervisor is real.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from compute.agents.reports import observe
from compute.messages import DesiredServer, ServerReport
from compute.servers import store
from compute.servers.desired_rows import read_desired
from compute.servers.server import Server
from compute.tasks import store as tasks
from compute.tasks.engine import TaskRunner
from runtime.database import Connection, Database


class ObedientAgents:
    """`told` holds every desired state in order; `silent` makes the agents hear and not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.told: list[DesiredServer] = []
        self.silent = False
        self.runner = TaskRunner(database, self.announce, _no_network)

    async def announce(self, server_ids: Sequence[str], *, request_id: str | None = None) -> None:
        """What the runner calls after a commit; the answer comes from elsewhere, as it does over the bus."""
        asyncio.get_running_loop().create_task(self._obey(list(server_ids), request_id))

    async def _obey(self, server_ids: Sequence[str], request_id: str | None) -> None:
        async with self._database.transaction() as conn:
            for server_id in server_ids:
                server = await store.find(conn, server_id)
                if server is None or server.host is None:
                    continue
                if not server.leaving:
                    self.told += await read_desired(conn, [server], request_id=request_id)
                if not self.silent:
                    await self._report(conn, server)
            await tasks.wake(conn, server_ids)
        self.runner.activate()

    async def _report(self, conn: Connection, server: Server) -> None:
        state = "absent" if server.leaving else server.desired_power
        host = server.host or ""
        said = ServerReport(host, UUID(server.id), server.generation, state, boot_serial=server.boot_serial)
        await observe(conn, host, [said])


def _no_network() -> None:
    """No translation runs beside these tests, so that nobody is to be woken."""
