"""What agents say, into rows: hosts, and what was observed of servers. What differs is answered at once.

A report changes rows only for the host of its sender, which the bus proves. After it the tasks of the servers that
changed are due; a server to which nothing is being done takes the state that was observed.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import structlog

from compute.agents.differences import Differences, Row, compare
from compute.agents.dispatch import Dispatcher
from compute.agents.peers import host_of
from compute.hosts import store as hosts
from compute.messages import ConsoleTail, HostReport, ServerReport, decode_for_control
from compute.servers import lifecycle
from compute.servers import store as servers
from compute.tasks import store as tasks
from runtime.bus.interface import Message
from runtime.crashpoints import crash_point
from runtime.database import Connection, Database, queries

log = structlog.get_logger()

SQL = queries(Path(__file__).with_name("queries.sql"))

AnswerConsole = Callable[[ConsoleTail, str], None]
"""Hands the tail of a console, with the host that sent it, to whoever asked."""


class ReportReceiver:
    """The handler of topic `control`. `refused` counts messages that were not believed."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        activate_tasks: Callable[[], None],
        wake_network: Callable[[], None],
        answer_console: AnswerConsole,
    ) -> None:
        self.refused = 0
        self._database = database
        self._dispatcher = dispatcher
        self._activate_tasks = activate_tasks
        self._wake_network = wake_network
        self._answer_console = answer_console

    async def receive(self, message: Message) -> None:
        """Believe a message if its sender may say it. Raises Unavailable when the database is away: it comes again."""
        host = host_of(message.sender)
        try:
            said = decode_for_control(message.body)
        except msgspec.DecodeError as error:
            self._refuse(message, f"it cannot be read: {error}")
            return
        if host is None or said.host != host:
            self._refuse(message, "its sender does not speak for that host")
            return
        match said:
            case ServerReport():
                await self._take_reports(host, [said], complete=False)
            case HostReport():
                await self._take_inventory(host, said)
            case ConsoleTail():
                self._answer_console(said, host)

    def _refuse(self, message: Message, reason: str) -> None:
        self.refused += 1
        log.warning("agent message refused", sender=message.sender, key=message.key, reason=reason)

    async def _take_inventory(self, host: str, report: HostReport) -> None:
        async with self._database.transaction() as conn:
            await hosts.record_report(conn, report)
        await self._take_reports(host, report.servers, complete=True)

    async def _take_reports(self, host: str, reports: Sequence[ServerReport], *, complete: bool) -> None:
        async with self._database.transaction() as conn:
            changed = await observe(conn, host, reports)
            await tasks.wake(conn, changed)
            differences = await _read_differences(conn, host, reports, complete)
            unsettled = [row["id"] async for row in SQL.select_unsettled(conn, server_ids=changed)]
        crash_point("report.after_commit")
        if changed:
            self._activate_tasks()
        for server_id in unsettled:
            await self._settle(server_id)
        await self._answer(host, differences)

    async def _settle(self, server_id: str) -> None:
        async with self._database.transaction() as conn:
            try:
                await servers.lock(conn, server_id, None)
            except servers.ServerNotFound:
                return
            await lifecycle.settle(conn, server_id)
        self._wake_network()

    async def _answer(self, host: str, differences: Differences) -> None:
        await self._dispatcher.announce(differences.tell)
        for server_id, generation in differences.remove:
            log.warning("host holds a server that is not its own", host=host, server=server_id)
            await self._dispatcher.remove(host, server_id, generation)


async def observe(conn: Connection, host: str, reports: Sequence[ServerReport]) -> list[str]:
    """Writes what the agent of `host` sees into the rows of its servers; returns the ids of those that changed."""
    said = [
        {
            "server_id": str(report.server_id),
            "generation": report.generation,
            "state": report.state,
            "boot_serial": report.boot_serial,
            "fault": report.fault,
        }
        for report in reports
    ]
    return [row["id"] async for row in SQL.observe(conn, host=host, reports=said)]


async def _read_differences(
    conn: Connection, host: str, reports: Sequence[ServerReport], complete: bool
) -> Differences:
    server_ids = [str(report.server_id) for report in reports]
    if complete:
        found = SQL.select_rows_of_host(conn, server_ids=server_ids, host=host)
    else:
        found = SQL.select_rows(conn, server_ids=server_ids)
    rows = {row["id"]: msgspec.convert(dict(row), Row) async for row in found}
    return compare(host, rows, reports, complete=complete)
