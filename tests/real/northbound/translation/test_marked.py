"""Marks and their owners read by one statement: the same as kind by kind, or not at all."""

from collections.abc import AsyncIterator

import pytest

from northbound.security_group_rules import store as rules
from northbound.security_groups import store as groups
from northbound.translation import marks
from northbound.translation.desired import KINDS, OwnerKind, read_desired
from northbound.translation.marked import MarkedOwners
from runtime.database import Connection, Database, DatabaseSettings
from tests.real.northbound.networking import PROJECT, insert_network, insert_port

pytestmark = pytest.mark.real

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


async def mark_only(conn: Connection, **ids: list[str]) -> None:
    await conn.execute("DELETE FROM northbound.dirty")
    for kind, marked in ids.items():
        await marks.mark(conn, kind, *marked)


async def test_what_is_read_at_once_is_what_is_read_kind_by_kind(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24", "fd00:50::/64")
        ports = [(await insert_port(conn, network.id)).id for _ in range(3)]
        group = await groups.ensure_default(conn, PROJECT)
        permits = [rule.id for rule in (await rules.rules_of_groups(conn, [group]))[group]]
        await mark_only(conn, port=[*ports, NOBODY, ports[0]], security_group_rule=[*permits, NOBODY])
        taken, desired = await MarkedOwners(KINDS).read(conn, 100, ())
        assert taken == await marks.take(conn, 100)
        assert desired == await read_desired(conn, sorted({mark.owner for mark in taken}), KINDS)
        assert len(desired.rows[f"port/{ports[0]}"]) == 1
        assert desired.rows[f"port/{NOBODY}"] == ()
        assert await MarkedOwners(KINDS).read(conn, 100, taken) == ([], await read_desired(conn, [], KINDS))


async def test_owners_that_need_another_look_are_not_read_at_once(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        port = (await insert_port(conn, network.id)).id
        await mark_only(conn, port=[port], network=[network.id])
        assert await MarkedOwners(KINDS).read(conn, 100, ()) is None
        await mark_only(conn, port=[port])
        for owner in ("network:router_interface", "trunk:subport"):
            await conn.execute("UPDATE northbound.ports SET device_owner = $2 WHERE id = $1", port, owner)
            assert await MarkedOwners(KINDS).read(conn, 100, ()) is None


def test_statements_that_ask_for_more_than_ids_are_refused() -> None:
    ports = next(kind for kind in KINDS if kind.name == "port")
    asking = type(ports.at_once)(lambda ids: [("SELECT 1 WHERE $1::uuid[] <> $2::uuid[]", [ids])], list)
    with pytest.raises(ValueError, match="more than ids"):
        MarkedOwners([OwnerKind("port", "northbound.ports", ports.read, ports.plan, asking)])
