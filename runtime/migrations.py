"""The schema of a database: numbered SQL files, applied once each, and functions, replaced whole whenever they differ.

    northbound/migrations/0001_northbound_networks.sql           append-only, in order
    northbound/migrations/functions/hold_addresses.sql           as they are now: CREATE OR REPLACE of functions, triggers

A function has one text, its file, whatever it was before. Its columns come from the numbered files, which are applied
first. A process that is older than the database, which knows of a migration that the process does not, leaves functions as
they are: when a newer process has replaced one, an older one that starts again does not put it back. So a
change of a function which older processes must not undo comes with a numbered file.
"""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg

LOCK = 0x6D65726964
FUNCTIONS = "functions"
APPLIED_FUNCTIONS = "_applied_functions"


async def migrate(url: str, directories: Sequence[Path]) -> None:
    """Brings the schema up to what the directories hold; safe to run from many processes.

    File names are unique over all directories: `0001_northbound_networks.sql`.
    """
    if not await _is_migrated(url, directories):
        await asyncio.to_thread(_migrate, url, directories)


async def _is_migrated(url: str, directories: Sequence[Path]) -> bool:
    """Whether everything was applied, as nearly always; False also where that cannot be told."""
    try:
        connection = await asyncpg.connect(url)
        try:
            applied = {row[0] for row in await connection.fetch("SELECT migration_id FROM _yoyo_migration")}
            functions = dict(await connection.fetch(f"SELECT file, digest FROM {APPLIED_FUNCTIONS}"))
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    wanted = _numbered(directories)
    return wanted <= applied and (bool(applied - wanted) or not _differing(directories, functions))


def _numbered(directories: Sequence[Path]) -> set[str]:
    return {file.stem for directory in directories for file in directory.glob("*.sql")}


def _differing(directories: Sequence[Path], applied: Mapping[str, str]) -> list[Path]:
    files = (file for directory in directories for file in sorted((directory / FUNCTIONS).glob("*.sql")))
    return [file for file in files if applied.get(file.stem) != _digest(file)]


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _migrate(url: str, directories: Sequence[Path]) -> None:
    """Under an advisory lock, which ends with its session: a process killed in the middle blocks nobody."""
    import yoyo  # takes longer than to see that nothing is to be done

    backend = yoyo.get_backend(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        backend.execute(f"SELECT pg_advisory_lock({LOCK})")
        for directory in directories:
            backend.apply_migrations(backend.to_apply(yoyo.read_migrations(str(directory))))
        with backend.transaction():
            _replace_functions(backend.cursor(), directories)
    finally:
        backend.connection.close()


def _replace_functions(cursor: Any, directories: Sequence[Path]) -> None:
    """All that differ or, in one transaction, none. Files may name each other's functions, in any order."""
    cursor.execute("SELECT migration_id FROM _yoyo_migration")
    if {row[0] for row in cursor.fetchall()} - _numbered(directories):
        return
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {APPLIED_FUNCTIONS} (file text PRIMARY KEY, digest text NOT NULL)")
    cursor.execute("SET LOCAL check_function_bodies = off")
    cursor.execute(f"SELECT file, digest FROM {APPLIED_FUNCTIONS}")
    for file in _differing(directories, dict(cursor.fetchall())):
        cursor.execute(file.read_text())
        cursor.execute(
            f"INSERT INTO {APPLIED_FUNCTIONS} VALUES (%s, %s) ON CONFLICT (file) DO UPDATE SET digest = excluded.digest",
            (file.stem, _digest(file)),
        )
