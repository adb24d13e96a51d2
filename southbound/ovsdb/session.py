"""A lasting session with an OVSDB database: connected to the leader, replica kept, transactions with a clear outcome.

`run()` is one task for the life of the process. Each round of it:

    next remote -> connect -> get_schema -> is it the leader (_Server database)? -> monitor_cond_since, from the last
    transaction seen when the server still knows it -> replica complete -> serve until the connection ends -> pause

Several remotes are the members of one cluster; a member that is not (or no longer) the leader is left at once. Pauses
grow and are jittered; they start small again after a session that had become complete.
"""

import asyncio
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import structlog

from southbound.ovsdb.connection import (
    CallRefused,
    Connection,
    ConnectionLost,
    open_connection,
)
from southbound.ovsdb.listeners import listening
from southbound.ovsdb.outcomes import NotSent, Outcome, Refused, Unknown, read_outcome
from southbound.ovsdb.replica import Listener, Replica
from southbound.ovsdb.schema import Schema, parse_schema

log = structlog.get_logger()

NO_TRANSACTION = "00000000-0000-0000-0000-000000000000"
ROWS_PER_STEP = 500
UNFIT = (KeyError, TypeError, msgspec.DecodeError)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0

Operation = dict[str, Any]
RowUpdates = dict[str, dict[str, msgspec.Raw]]
Condition = list[Any]
"""[column, function, value]. Source: RFC 7047, section 5.1."""
EVERYTHING: Mapping[str, Sequence[Condition]] = {}


class SessionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`remotes` is "unix:PATH" or "tcp:HOST:PORT", several separated by commas for a cluster.

    A silent connection is probed after `probe_interval_s` and given up after twice that.
    """

    remotes: str
    leader_only: bool = True
    connect_timeout_s: float = 2.0
    load_timeout_s: float = 60.0
    commit_timeout_s: float = 5.0
    probe_interval_s: float = 3.0


class NotLeader(Exception):
    """The member we reached does not lead its cluster, or is cut off from it."""


class Session:
    """The one writer and reader of a database in this process.

    `replica` holds the columns of `tables` (names by table). `listen_complete` callbacks run each time the replica
    has become complete, that is after every (re)connect, before any further change is handed out. Of a table with
    `conditions` only the rows that meet one of them are held.
    """

    def __init__(
        self,
        settings: SessionSettings,
        database: str,
        tables: Mapping[str, Collection[str]],
        conditions: Mapping[str, Sequence[Condition]] = EVERYTHING,
    ) -> None:
        self.replica = Replica(tables)
        self._settings = settings
        self._database = database
        self._conditions = conditions
        self._remotes = settings.remotes.split(",")
        self._connection: Connection | None = None
        self._complete = asyncio.Event()
        self._on_complete: list[Callable[[], None]] = []
        self._last_transaction = NO_TRANSACTION
        self._told: dict[str, str] = {}
        self._held_back: list[msgspec.Raw] | None = None

    @property
    def schema(self) -> Schema | None:
        """The schema of the server last connected to; None before the first."""
        return self.replica.schema

    def has_column(self, table: str, column: str) -> bool:
        """Whether the server last connected to knows this column; False before the first connection."""
        return self.schema is not None and self.schema.has_column(table, column)

    def listen_complete(self, callback: Callable[[], None]) -> None:
        self._on_complete.append(callback)

    @contextmanager
    def listening(self, on_change: Listener, on_complete: Callable[[], None]) -> Iterator[None]:
        """Hears of changes and of the replica becoming complete while the block lasts; what either callback raises ends
        the block, and disturbs nobody else."""
        with self.replica.listening(on_change), listening(self._on_complete, on_complete):
            yield

    async def wait_complete(self) -> None:
        """Returns when connected with a complete replica."""
        await self._complete.wait()

    async def transact(self, operations: Sequence[Operation]) -> Outcome:
        """Sends one transaction and says how it ended; never raises for what the server or the network does.

        When it returns Committed, the replica holds the transaction's effects. A cancelled call has an unknown
        outcome. Source: RFC 7047 section 4.1.3.
        """
        connection = self._connection
        if connection is None:
            return NotSent("not connected")
        try:
            async with asyncio.timeout(self._settings.commit_timeout_s):
                answer = await connection.call("transact", [self._database, *operations])
        except ConnectionLost as error:
            return Unknown(str(error))
        except TimeoutError:
            connection.close(f"no answer to a transaction in {self._settings.commit_timeout_s} s")
            return Unknown("timed out")
        except CallRefused as error:
            return Refused(str(error), "", None)
        return read_outcome(msgspec.json.decode(answer), len(operations))

    async def run(self) -> None:
        """Keeps the session until cancelled."""
        pause_s = FIRST_PAUSE_S
        while True:
            for remote in self._remotes:
                if await self._visit(remote):
                    pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _visit(self, remote: str) -> bool:
        """One connection to one remote, to its end; True when the replica had become complete on it."""
        connection: Connection | None = None
        completed = False
        try:
            connection = await open_connection(
                remote,
                self._take_notification,
                probe_interval_s=self._settings.probe_interval_s,
                timeout_s=self._settings.connect_timeout_s,
            )
            async with asyncio.timeout(self._settings.load_timeout_s):
                await self._load_or_start_over(connection)
            completed = True
            self._begin(connection, remote)
            reason = await asyncio.shield(connection.closed)
        except (OSError, TimeoutError, ConnectionLost, CallRefused, NotLeader) as error:
            reason = f"{type(error).__name__}: {error}"
        finally:
            self._end(connection)
        self._tell(remote, reason)
        return completed

    def _tell(self, remote: str, reason: str) -> None:
        """Logs why a connection ended, once for as long as the reason stays."""
        if self._told.get(remote) != reason:
            self._told[remote] = reason
            log.info("ovsdb session ended", database=self._database, remote=remote, reason=reason)

    def _begin(self, connection: Connection, remote: str) -> None:
        self._connection = connection
        self.replica.complete = True
        self._complete.set()
        self._told.clear()
        log.info("ovsdb session complete", database=self._database, remote=remote)
        for callback in self._on_complete:
            callback()

    def _end(self, connection: Connection | None) -> None:
        self._connection = None
        self.replica.complete = False
        self._complete.clear()
        if connection is not None:
            connection.close("session ended")

    async def _load_or_start_over(self, connection: Connection) -> None:
        """Loads; when what arrives does not fit what is here, the next load starts from nothing."""
        try:
            await self._load(connection)
        except UNFIT as error:
            self._last_transaction = NO_TRANSACTION
            raise ConnectionLost(f"the replica does not fit the server: {error!r}") from error

    async def _load(self, connection: Connection) -> None:
        """Brings the replica up to date with the server; what arrives meanwhile is taken at the end."""
        self._held_back = []
        schema = await connection.call("get_schema", [self._database])
        if self._settings.leader_only:
            await self._require_leader(connection)
        kept = self.replica.learn_schema(parse_schema(msgspec.json.decode(schema)))
        since = self._last_transaction if kept else NO_TRANSACTION
        self._last_transaction = NO_TRANSACTION
        requests = {
            table: [{"columns": columns, "where": self._conditions.get(table, [True])}]
            for table, columns in self.replica.monitored().items()
        }
        answer = await connection.call("monitor_cond_since", [self._database, "replica", requests, since])
        resumed, last_transaction, updates = msgspec.json.decode(answer, type=tuple[bool, str, RowUpdates])
        await self._take_loaded(updates)
        if not resumed:
            self.replica.keep_only({table: rows.keys() for table, rows in updates.items()})
        self._last_transaction = last_transaction
        held_back, self._held_back = self._held_back, None
        for params in held_back:
            self._take_update(params)

    async def _take_loaded(self, updates: RowUpdates) -> None:
        """Applies a load in steps, so that a large database does not hold up the event loop."""
        taken = 0
        for table, rows in updates.items():
            for uuid, change in rows.items():
                self.replica.apply(table, uuid, msgspec.json.decode(change))
                taken += 1
                if taken % ROWS_PER_STEP == 0:
                    await asyncio.sleep(0)

    async def _require_leader(self, connection: Connection) -> None:
        """Raises NotLeader unless this member leads; a change of that later closes the connection."""
        request = {
            "Database": [{"columns": ["name", "leader", "connected"], "where": [["name", "==", self._database]]}]
        }
        answer = await connection.call("monitor_cond", ["_Server", "server", request])
        rows = msgspec.json.decode(answer).get("Database", {})
        states = [change["initial"] for change in rows.values()]
        if not any(state.get("leader", False) and state.get("connected", False) for state in states):
            raise NotLeader(f"{self._database} is led elsewhere")

    def _take_notification(self, connection: Connection, method: str, params: msgspec.Raw) -> None:
        if method == "update2":
            self._take_server_state(connection, params)
        elif method == "update3" and self._held_back is not None:
            self._held_back.append(params)
        elif method == "update3":
            try:
                self._take_update(params)
            except UNFIT as error:
                self._last_transaction = NO_TRANSACTION
                connection.close(f"the replica no longer fits the server: {error!r}")

    def _take_update(self, params: msgspec.Raw) -> None:
        _, last_transaction, updates = msgspec.json.decode(params, type=tuple[Any, str, dict[str, dict[str, Any]]])
        for table, rows in updates.items():
            for uuid, change in rows.items():
                self.replica.apply(table, uuid, change)
        self._last_transaction = last_transaction

    def _take_server_state(self, connection: Connection, params: msgspec.Raw) -> None:
        _, updates = msgspec.json.decode(params)
        for change in updates.get("Database", {}).values():
            modified = change.get("modify") or {}
            if "delete" in change or modified.get("leader") is False or modified.get("connected") is False:
                connection.close(f"{self._database} is led elsewhere")
