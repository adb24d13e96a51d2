"""Which columns the plans' readers read, as PostgreSQL sees it: each query of theirs made a view, whose parts are listed."""

import re
from collections.abc import Sequence
from typing import Any

import asyncpg

from northbound.translation.desired import OwnerKind, all_owners, split_owner
from runtime.database import Database

Column = tuple[str, str]

PARTS = """
WITH RECURSIVE part (classid, objid, sub) AS (
    SELECT d.refclassid, d.refobjid, d.refobjsubid FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid WHERE r.ev_class = 'probe'::regclass
    UNION
    SELECT d.refclassid, d.refobjid, d.refobjsubid FROM part JOIN pg_rewrite r ON r.ev_class = part.objid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE part.classid = 'pg_class'::regclass AND part.objid <> 'probe'::regclass
)
SELECT c.relname AS owner, a.attname AS name FROM part
JOIN pg_class c ON part.classid = 'pg_class'::regclass AND c.oid = part.objid AND c.relkind = 'r'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.sub AND part.sub > 0
UNION
SELECT 'a function', p.proname FROM part
JOIN pg_proc p ON part.classid = 'pg_proc'::regclass AND p.oid = part.objid AND p.pronamespace = 'northbound'::regnamespace
"""


async def columns_read(database: Database, kinds: Sequence[OwnerKind]) -> tuple[set[Column], set[str]]:
    """((table, column), function of ours) that the readers use for everything that there is now."""
    queries = await _queries_of(database, kinds)
    columns: set[Column] = set()
    functions: set[str] = set()
    async with database.rehearsal() as conn:
        for query in queries:
            for found in await _parts_of(conn, query):
                if found["owner"] == "a function":
                    functions.add(found["name"])
                else:
                    columns.add((found["owner"], found["name"]))
    return columns, functions


async def _queries_of(database: Database, kinds: Sequence[OwnerKind]) -> list[str]:
    """What the readers ask PostgreSQL for."""
    asked: dict[str, None] = {}
    async with database.snapshot() as conn:
        owners = [split_owner(owner) async for page in all_owners(conn, kinds) for owner in page]
        with conn.query_logger(lambda record: asked.setdefault(record.query)):
            for kind in kinds:
                await kind.read(conn, [owner_id for name, owner_id in owners if name == kind.name])
    return list(asked)


async def _parts_of(conn: asyncpg.Connection, query: str) -> list[Any]:
    """Views take no parameters: NULLs of their types stand for them."""
    prepared = await conn.prepare(query)
    types = [f"(NULL::{kind.name})" for kind in prepared.get_parameters()]
    text = re.sub(r"\$(\d+)", lambda place: types[int(place[1]) - 1], query.strip().removesuffix(";"))
    names = ", ".join(f"c{number}" for number, _ in enumerate(prepared.get_attributes()))
    await conn.execute(f"CREATE TEMP VIEW probe ({names}) AS {text}")
    found = await conn.fetch(PARTS)
    await conn.execute("DROP VIEW probe")
    return found
