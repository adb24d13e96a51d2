"""One plan on servers of several OVN releases: what a schema lacks is left out, what it has besides is left alone."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.lab.daemons.ovn import SCHEMAS
from deploy.lab.daemons.ovsdb import OvsdbServer
from northbound.translation.check import violations
from southbound.ovsdb.apply import apply
from southbound.ovsdb.session import Session
from tests.daemons.sandbox import sandbox
from tests.real.northbound.harness import by_owner, session_at
from tests.real.northbound.test_check import the_plan

pytestmark = pytest.mark.real

Schema = dict[str, Any]
INTEGER = {"type": {"key": "integer", "min": 0, "max": 1}}
TEXTS = {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}
LACKING = (("NAT", "gateway_port"), ("ACL", "label"), ("Logical_Router_Static_Route", "route_table"))


def older(schema: Schema) -> None:
    """Columns that plans write are missing, a table, and the column that would hold its rows."""
    for table, column in LACKING:
        schema["tables"][table]["columns"].pop(column)
    schema["tables"]["Load_Balancer"]["columns"].pop("health_check")
    schema["tables"].pop("Load_Balancer_Health_Check")


def newer(schema: Schema) -> None:
    """As 24.03 and 24.09 added them, and a table that nobody here knows."""
    schema["tables"]["ACL"]["columns"]["tier"] = {"type": "integer"}
    schema["tables"]["DNS"]["columns"]["options"] = TEXTS
    schema["tables"]["NAT"]["columns"] |= {"match": {"type": "string"}, "priority": {"type": "integer"}}
    schema["tables"]["Of_The_Future"] = {"columns": {"name": {"type": "string"}}, "isRoot": True}


def unmarkable(schema: Schema) -> None:
    schema["tables"]["NAT"]["columns"].pop("external_ids")


@asynccontextmanager
async def served(change: Callable[[Schema], None]) -> AsyncIterator[tuple[Session, OvsdbServer]]:
    """A session with a server whose schema is Debian's, changed."""
    with sandbox("schema") as directory:
        schema = json.loads((SCHEMAS / "ovn-nb.ovsschema").read_text())
        change(schema)
        schema.pop("cksum", None)
        file = Path(directory) / "changed.ovsschema"
        file.write_text(json.dumps(schema))
        server = OvsdbServer("ovn-nb", "OVN_Northbound", file, directory, None, {"NB_Global": {}})
        await server.start()
        try:
            async with session_at(server.remote) as session:
                yield session, server
        finally:
            await server.stop()


@pytest.mark.parametrize("change", [older, newer])
async def test_the_plan_settles_on_another_schema(change: Callable[[Schema], None]) -> None:
    wanted = by_owner(the_plan())
    async with served(change) as (session, server):
        assert violations(wanted, session.replica) == {}
        applied = await apply(session, wanted)
        assert (set(applied.changed), applied.quarantined, applied.unsettled) == (set(wanted), {}, set())
        assert (await apply(session, wanted)).changed == {}
        assert len(await server.rows("NAT")) == len([row for row in the_plan() if row.table == "NAT"])
        await apply(session, {owner: [] for owner in wanted})
        assert not list(session.replica.owners())


async def test_what_a_server_lacks_is_known_to_be_so() -> None:
    async with served(older) as (session, _):
        assert not any(session.has_column(table, column) for table, column in LACKING)
        assert session.replica.rows("Load_Balancer_Health_Check") == {}
    async with served(newer) as (session, _):
        assert session.has_column("ACL", "tier")


async def test_a_table_whose_rows_could_not_be_told_apart_is_not_written() -> None:
    wanted = by_owner(the_plan())
    async with served(unmarkable) as (session, _):
        found = violations(wanted, session.replica)
        owners = {row.owner for row in the_plan() if row.table == "NAT"}
        assert found.keys() == owners
        assert all(reason.startswith("owner-markable: ") for reason in found.values())
