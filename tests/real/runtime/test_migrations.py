"""Migrations: once each, from many processes at once, past a process that was killed in the middle; and functions."""

import asyncio
import sys
from pathlib import Path

import asyncpg

from runtime.migrations import migrate


def written(tmp_path: Path) -> list[Path]:
    (tmp_path / "0001_test_first.sql").write_text("CREATE TABLE first (n int);\nINSERT INTO first VALUES (1);\n")
    (tmp_path / "0002_test_second.sql").write_text("INSERT INTO first VALUES (2);\n")
    (tmp_path / "functions").mkdir()
    define(tmp_path, "one", 1)
    define(tmp_path, "above", "one() + 1")  # comes before what it names
    return [tmp_path]


def define(tmp_path: Path, name: str, expression: object) -> None:
    text = f"CREATE OR REPLACE FUNCTION {name}() RETURNS int LANGUAGE sql AS 'SELECT {expression}';\n"
    (tmp_path / "functions" / f"{name}.sql").write_text(text)


async def ask(url: str, query: str) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def numbers(url: str) -> list[int]:
    return await ask(url, "SELECT n FROM first ORDER BY n")


async def test_each_file_is_applied_once_by_many_at_once(database_url: str, tmp_path: Path) -> None:
    directories = written(tmp_path)
    await asyncio.gather(*(migrate(database_url, directories) for _ in range(4)))
    assert await numbers(database_url) == [1, 2]
    assert await ask(database_url, "SELECT above()") == [2]


async def test_function_is_what_its_file_says(database_url: str, tmp_path: Path) -> None:
    directories = written(tmp_path)
    await migrate(database_url, directories)
    define(tmp_path, "one", 10)
    await asyncio.gather(*(migrate(database_url, directories) for _ in range(4)))
    assert await ask(database_url, "SELECT above()") == [11]


async def test_functions_are_replaced_all_or_none(database_url: str, tmp_path: Path) -> None:
    directories = written(tmp_path)
    await migrate(database_url, directories)
    define(tmp_path, "above", "one() + 2")
    (tmp_path / "functions" / "one.sql").write_text("CREATE OR REPLACE FUNCTION one() RETURNS nonsense;")
    assert isinstance((await asyncio.gather(migrate(database_url, directories), return_exceptions=True))[0], Exception)
    assert await ask(database_url, "SELECT above()") == [2]


async def test_older_process_leaves_the_functions_of_a_newer_one_alone(database_url: str, tmp_path: Path) -> None:
    directories = written(tmp_path)
    newer = tmp_path / "0003_test_third.sql"
    newer.write_text("INSERT INTO first VALUES (3);\n")
    await migrate(database_url, directories)
    newer.unlink()
    define(tmp_path, "one", 0)
    await migrate(database_url, directories)
    assert await ask(database_url, "SELECT above()") == [2]


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
        "import asyncio, pathlib, sys; from runtime.migrations import migrate;"
        " asyncio.run(migrate(sys.argv[1], [pathlib.Path(sys.argv[2])])); sys.exit('yoyo' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", again, database_url, str(tmp_path))
    assert await process.wait() == 0
    assert await numbers(database_url) == [1, 2]
