"""Revocations in PostgreSQL, and the lock that keeps issuing tokens and taking rights away apart.

Issuing holds the lock shared, taking rights away holds it alone, both to the end of their transaction. So a token is
either issued (by PostgreSQL's clock) before the revocation, which then covers it, or after, and sees the change.

Readers who poll ask for rows written by transactions that had not ended at their last look (`horizon`): no row can
be missed however commits are ordered, and reading one twice does no harm.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from identity.settings import EXPIRED_WINDOW_S, LONGEST_TOKEN_LIFE_S
from identity.tokens.claims import directory_subject
from runtime.database import Connection, queries

RIGHTS_LOCK = 0x4D45_5249_0001
CHANNEL = "identity_rights"
KEEP_EXPIRED_S = EXPIRED_WINDOW_S + 60
KEEP_S = LONGEST_TOKEN_LIFE_S + KEEP_EXPIRED_S
sql = queries(Path(__file__).with_name("queries.sql"))


class Revocation(NamedTuple):
    """Times are seconds since the epoch by PostgreSQL's clock."""

    subject: str
    issued_before: float
    expires_at: float


async def hold_rights(connection: Connection) -> None:
    """Nobody loses rights from here to the end of the transaction."""
    await sql.hold_rights(connection, lock=RIGHTS_LOCK)


async def change_rights(connection: Connection) -> None:
    """Nobody is given a token from here to the end of the transaction."""
    await sql.change_rights(connection, lock=RIGHTS_LOCK)


async def revoke(connection: Connection, subjects: Iterable[str], *, keep_s: float = KEEP_S) -> None:
    """Every token issued so far that carries one of the subjects ends. The transaction has called change_rights.

    The row may go after `keep_s`, when no such token can be alive or asked for with `allow_expired`.
    """
    await sql.forget_expired(connection)
    await sql.revoke(connection, subjects=list(subjects), keep_s=float(keep_s))


async def is_revoked(connection: Connection, subjects: Sequence[str], issued_at: float) -> bool:
    moment = datetime.fromtimestamp(issued_at, UTC)
    return await sql.is_revoked(connection, subjects=list(subjects), issued_at=moment)


async def select_since(connection: Connection, horizon: str) -> tuple[str, list[Revocation]]:
    """(next horizon, revocations written since `horizon`); "0" asks for all."""
    next_horizon = await sql.fetch_horizon(connection)
    return next_horizon, [
        Revocation(row["subject"], row["issued_before"].timestamp(), row["expires_at"].timestamp())
        async for row in sql.select_since(connection, horizon=horizon)
    ]


async def select_silent(connection: Connection, limit_s: float) -> frozenset[str]:
    """Whose tokens cannot be judged: the subjects of directories that have not answered for so long."""
    rows = sql.select_silent(connection, limit_s=float(limit_s))
    return frozenset([directory_subject(row["domain_id"]) async for row in rows])


async def announce(connection: Connection) -> None:
    await sql.announce(connection, channel=CHANNEL)
