"""PostgreSQL: a pool, transactions, constraint names as domain errors.

uuid, inet, cidr and macaddr travel as canonical text and jsonb as Python values, so that rows and API bodies share
one form. Nothing here knows a table.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import aiosql
import asyncpg
import msgspec

from runtime.attributes import encode_scalar
from runtime.errors import Conflict, Problem, Unavailable
from runtime.settings import Secret
from runtime.violations import CONTESTED, conflict_of

Connection = asyncpg.Connection
CLOSE_TIMEOUT_S = 5.0
Select = tuple[str, Sequence[Any]]
CONNECTION_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a connection that broke in the middle of a statement may answer to the next
    asyncpg.CannotConnectNowError,
)
DATABASE_SILENT = "The database does not answer."
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SESSION = {
    "application_name": "meridian",
    # Our statements are few and are run again and again, and planning each time what takes arrays costs five times its
    # execution: they are planned once. Tables may be small at that moment, so a scan of a whole table is chosen only
    # where no index serves; none is worth compiling.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "jit": "off",
}
PLACE = re.compile(r"\$(\d+)")
TEXT_TYPES = ("uuid", "inet", "cidr", "macaddr")


class DatabaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`host` is an address or the directory of a unix socket."""

    host: str
    name: str = "meridian"
    user: str = "meridian"
    port: int = 5432
    password: Secret | None = None
    connections: int = 16
    connect_timeout_s: float = 2
    statement_timeout_s: float = 10

    def url(self) -> str:
        secret = f":{quote(self.password.reveal(), safe='')}" if self.password else ""
        return f"postgresql://{self.user}{secret}@/{self.name}?host={quote(self.host, safe='')}&port={self.port}"


class Witness(Protocol):
    """Takes part in every transaction: writes what belongs into it before the commit, and is told how it ended."""

    async def record(self, connection: Connection) -> None: ...

    def committed(self) -> None: ...

    def rolled_back(self) -> None: ...


class Database:
    """A pool of connections. `transaction()` is where everything that must happen together happens."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.witness: Witness | None = None

    @classmethod
    async def open(cls, settings: DatabaseSettings, session: Mapping[str, str] | None = None) -> "Database":
        """`session` are settings that a package's own SQL reads, by their qualified names."""
        pool = await asyncpg.create_pool(
            settings.url(),
            min_size=1,
            max_size=settings.connections,
            init=_prepare_connection,
            reset=_keep_session,
            timeout=settings.connect_timeout_s,
            command_timeout=settings.statement_timeout_s,
            server_settings={**SESSION, **(session or {})},
        )
        return cls(pool)

    async def close(self) -> None:
        """Waits a little for connections that are in use, then ends them."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction: committed on return, rolled back on any exception.

        Raises Unavailable when PostgreSQL is away; after that the outcome is unknown and must be read again by key.
        """
        async with self.connection() as connection:
            if self.witness is None:
                async with connection.transaction():
                    yield connection
                return
            try:
                async with connection.transaction():
                    yield connection
                    await self.witness.record(connection)
            except BaseException:
                self.witness.rolled_back()
                raise
            self.witness.committed()

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[Connection]:
        """As `transaction`, but rolled back however it ends: nothing of it ever happened."""
        async with self.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                yield connection
            finally:
                await transaction.rollback()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """A connection that reads one consistent state (repeatable read, read only)."""
        async with (
            self.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for single statements, each a transaction of its own.

        An OSError while the connection lives on is the caller's own, and passes. Raises Conflict when another request was
        faster: after a deadlock, and when a constraint was violated that nobody in between has named.
        """
        with _unavailable(), _contest_is_conflict():
            try:
                connection = await self._pool.acquire()
            except OSError as error:
                raise Unavailable(DATABASE_SILENT) from error
            try:
                yield connection
            except OSError as error:
                if connection.is_closed():
                    raise Unavailable(DATABASE_SILENT) from error
                raise
            finally:
                await self._pool.release(connection)


async def open_session(settings: DatabaseSettings) -> Connection:
    """One connection outside the pool, for LISTEN and advisory locks: its life is its holder's."""
    connection = await asyncpg.connect(settings.url(), timeout=settings.connect_timeout_s)
    await _prepare_connection(connection)
    return connection


async def _prepare_connection(connection: Connection) -> None:
    for name in TEXT_TYPES:
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str, format="text")
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_json, decoder=msgspec.json.decode, format="text"
    )


def _encode_json(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=encode_scalar).decode()


async def _keep_session(_connection: Connection) -> None:
    """No reset on release: nobody changes session state on a pooled connection, and it costs a round trip."""


@contextmanager
def _contest_is_conflict() -> Iterator[None]:
    try:
        yield
    except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as error:
        raise Conflict(CONTESTED) from error
    except asyncpg.IntegrityConstraintViolationError as error:
        refusal = conflict_of(error)
        if refusal is None:
            raise
        raise refusal from error


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except CONNECTION_ERRORS as error:
        raise Unavailable(DATABASE_SILENT) from error
    except (TimeoutError, asyncpg.QueryCanceledError, asyncpg.TooManyConnectionsError) as error:
        raise Unavailable("The database is too slow.") from error


@contextmanager
def naming(constraints: Mapping[str, Callable[[], Problem]]) -> Iterator[None]:
    """Turns the violation of a named constraint into the domain error that stands for it."""
    with naming_by_detail({name: lambda _detail, make=make: make() for name, make in constraints.items()}):
        yield


@contextmanager
def naming_by_detail(constraints: Mapping[str, Callable[[str], Problem]]) -> Iterator[None]:
    """`naming` for errors made from the detail of the violation, which says about what it is."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        make = constraints.get(error.constraint_name or "")
        if make is None:
            raise
        raise make(error.detail or "") from error


async def fetch_together(conn: Connection, *selects: Select) -> list[list[dict[str, Any]]]:
    """The rows of several selects that do not depend on each other, in one round trip.

    Each select is (text, values), its places numbered from $1. Values come as JSON has them: moments, addresses and ids
    as text.
    """
    text = _together(tuple((text, len(values)) for text, values in selects))
    return list(await conn.fetchrow(text, *(value for _, values in selects for value in values)))


def select_named(query: Any, *values: Any) -> Select:
    """A statement of `queries` for `fetch_together`; its values in the order in which it names them first."""
    return query.sql.strip().removesuffix(";"), values


@lru_cache(maxsize=256)
def _together(selects: tuple[tuple[str, int], ...]) -> str:
    columns, places = [], 0
    for text, count in selects:
        renumbered = PLACE.sub(lambda found, places=places: f"${int(found[1]) + places}", text)
        columns.append(rows_as_json(renumbered))
        places += count
    return f"SELECT {', '.join(columns)}"


def rows_as_json(text: str) -> str:
    """An expression that is the rows of a select, as JSON."""
    return f"(SELECT coalesce(jsonb_agg(found), '[]') FROM ({text}) AS found)"


def uuid_in(detail: str) -> str:
    """The id that the detail of a violation names; empty when there is none."""
    found = UUID.search(detail)
    return found[0] if found else ""


def queries(path: Path) -> aiosql.queries.Queries:
    """The named statements of a slice's `queries.sql`."""
    return aiosql.from_path(path, "asyncpg", mandatory_parameters=False)
