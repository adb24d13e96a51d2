"""Constraints that no store names: the caller is told what happened, in words of resources."""

from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from runtime.database import Database, DatabaseSettings
from runtime.errors import Conflict
from runtime.violations import CONTESTED, describe, noun_of

GARDEN = """
CREATE TABLE beds (id uuid CONSTRAINT beds_pkey PRIMARY KEY, name text CONSTRAINT beds_name UNIQUE);
CREATE TABLE plants (
    bed_id uuid CONSTRAINT plants_bed REFERENCES beds,
    place int4range,
    height int CONSTRAINT plants_height CHECK (height > 0),
    CONSTRAINT plants_place EXCLUDE USING gist (bed_id WITH =, place WITH &&)
);
INSERT INTO beds VALUES ('00000000-0000-4000-8000-000000000001', 'one');
INSERT INTO plants VALUES ('00000000-0000-4000-8000-000000000001', '[1,4)', 1);
CREATE FUNCTION refuse() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the garden is full', CONSTRAINT = 'full';
END; $$;
"""
CONSTRAINTS = """
SELECT k.connamespace::regnamespace::text AS schema, k.conname AS name, k.contype::text AS kind,
    t.relname AS table, r.relname AS referenced,
    ARRAY(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (k.conkey)) AS columns
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid LEFT JOIN pg_class r ON r.oid = k.confrelid
WHERE k.connamespace::regnamespace::text IN ('identity', 'northbound', 'compute') AND k.contype IN ('f', 'u', 'x', 'p')
UNION ALL
SELECT i.relnamespace::regnamespace::text, i.relname, 'u', t.relname, NULL,
    string_to_array(pg_get_indexdef(i.oid, 1, true), ',')
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE x.indisunique AND i.relnamespace::regnamespace::text IN ('identity', 'northbound', 'compute')
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
"""
KINDS = {
    "f": asyncpg.ForeignKeyViolationError,
    "u": asyncpg.UniqueViolationError,
    "p": asyncpg.UniqueViolationError,
    "x": asyncpg.ExclusionViolationError,
}


@pytest.fixture
async def garden(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    opened = await Database.open(database_settings)
    async with opened.connection() as conn:
        await conn.execute(GARDEN)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "INSERT INTO plants VALUES ('00000000-0000-4000-8000-000000000002', '[1,2)', 1)",
            "The bed 00000000-0000-4000-8000-000000000002 does not exist any more (bed_id).",
        ),
        ("DELETE FROM beds", "The bed 00000000-0000-4000-8000-000000000001 is still in use by a plant."),
        (
            "INSERT INTO beds VALUES ('00000000-0000-4000-8000-000000000003', 'one')",
            "Another request made a bed with the same values (name).",
        ),
        (
            "INSERT INTO plants VALUES ('00000000-0000-4000-8000-000000000001', '[3,9)', 1)",
            "Another request made a plant that this one overlaps (bed_id, place).",
        ),
        ("SELECT refuse()", "The garden is full."),
    ],
)
async def test_violation_that_no_store_names_is_a_conflict(garden: Database, statement: str, told: str) -> None:
    with pytest.raises(Conflict) as refused:
        async with garden.transaction() as conn:
            await conn.execute(statement)
    assert refused.value.message == told


async def test_what_only_a_mistake_of_ours_violates_stays_an_error(garden: Database) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with garden.transaction() as conn:
            await conn.execute("UPDATE plants SET height = -1")


async def test_every_constraint_there_is_has_its_message(garden: Database) -> None:
    async with garden.connection() as conn:
        found = await conn.fetch(CONSTRAINTS)
    assert len(found) > 200
    for constraint in found:
        for told in _messages(constraint):
            assert told != CONTESTED, constraint["name"]
            assert noun_of(constraint["table"]) in told, (constraint["name"], told)
            assert constraint["name"] not in told, (constraint["name"], told)


def _messages(constraint: Mapping[str, object]) -> list[str]:
    """What is told of it, from PostgreSQL's own words (the garden shows that they are these)."""
    kind, table, referenced = KINDS[constraint["kind"]], constraint["table"], constraint["referenced"]
    key = f"Key ({', '.join(constraint['columns'])})=(some values)"
    if referenced is None:
        return [describe(kind, table, "", f"{key} already exists.")]
    needed = f'update or delete on table "{referenced}" violates foreign key constraint "c" on table "{table}"'
    missing = describe(kind, table, "", f'{key} is not present in table "{referenced}".')
    assert noun_of(referenced) in missing
    return [describe(kind, table, needed, f'{key} is still referenced from table "{table}".')]


async def test_constraints_of_the_network_api_have_names_of_their_own(garden: Database) -> None:
    """`<table>_<what>`: stores turn them into errors by these."""
    async with garden.connection() as conn:
        found = await conn.fetch(f"SELECT name FROM ({CONSTRAINTS}) c WHERE schema = 'northbound' AND kind <> 'p'")
    of_postgres = [row["name"] for row in found if row["name"].endswith(("_fkey", "_key", "_excl", "_idx"))]
    assert of_postgres == ["segments_network_fkey"]
