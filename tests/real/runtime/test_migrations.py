"""Migrations: once each, from many processes at once, and past a process that was killed in the middle."""

import asyncio
import sys
from pathlib import Path

import asyncpg

from runtime.database import migrate


def written(tmp_path: Path) -> list[Path]:
    (tmp_path / "0001_test_first.sql").write_text("CREATE TABLE first (n int);\nINSERT INTO first VALUES (1);\n")
    (tmp_path / "0002_test_second.sql").write_text("INSERT INTO first VALUES (2);\n")
    return [tmp_path]


async def numbers(url: str) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return [row["n"] for row in await connection.fetch("SELECT n FROM first ORDER BY n")]
    finally:
        await connection.close()


async def test_each_file_is_applied_once_by_many_at_once(database_url: str, tmp_path: Path) -> None:
    directories = written(tmp_path)
    await asyncio.gather(*(migrate(database_url, directories) for _ in range(4)))
    assert await numbers(database_url) == [1, 2]


async def test_file_that_fails_is_undone_and_applied_later(database_url: str, tmp_path: Path) -> None:
    directories = written(tmp_path)
    broken = tmp_path / "0003_test_third.sql"
    broken.write_text("INSERT INTO first VALUES (3);\nINSERT INTO absent VALUES (1);\n")
    outcome = await asyncio.gather(migrate(database_url, directories), return_exceptions=True)
    assert isinstance(outcome[0], Exception)
    assert await numbers(database_url) == [1, 2]
    broken.write_text("INSERT INTO first VALUES (3);\n")
    await migrate(database_url, directories)
    assert await numbers(database_url) == [1, 2, 3]


async def test_nothing_to_do_is_seen_without_loading_what_applies(database_url: str, tmp_path: Path) -> None:
    directories = written(tmp_path)
    await migrate(database_url, directories)
    again = (
        "import asyncio, pathlib, sys; from runtime.database import migrate;"
        " asyncio.run(migrate(sys.argv[1], [pathlib.Path(sys.argv[2])])); sys.exit('yoyo' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", again, database_url, str(tmp_path))
    assert await process.wait() == 0
    assert await numbers(database_url) == [1, 2]
