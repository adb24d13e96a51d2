"""Four control processes at once, as their requests meet in PostgreSQL and their leaders in OVN."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from northbound.translation.fence import claim, guard
from southbound.ovsdb.apply import apply
from southbound.ovsdb.rows import Row
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.harness import by_owner, contents, open_session
from tests.real.northbound.test_check import the_plan

pytestmark = pytest.mark.real
WRITERS, ROUNDS = 4, 25


async def test_threat_n16_four_writers_of_one_plan_make_each_row_once(ovn: Ovn) -> None:
    """25 times the plan's rows, made and taken away by four writers who all believe that they lead."""
    wanted: dict[str, list[Row]] = by_owner(the_plan())
    nothing: dict[str, list[Row]] = {owner: [] for owner in wanted}
    planned = Counter(row.table for rows in wanted.values() for row in rows)
    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(open_session(ovn)) for _ in range(WRITERS)]
        await claim(writers[0], 1)
        for _ in range(ROUNDS):
            for state in (wanted, nothing):
                await asyncio.gather(*(apply(writer, state, guard=guard(1)) for writer in writers))
                await asyncio.gather(*(apply(writer, state, guard=guard(1)) for writer in writers))
                found = {table: len(rows) for table, rows in (await contents(ovn)).items() if rows}
                assert found == (dict(planned) if state is wanted else {})


async def test_threat_n16_clients_that_ask_for_the_same_get_it_once_and_no_constraint_error(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="10.50.0.0/24", ip_version=4)
    router = await api.make("router", name="r")
    path, body = f"/v2.0/routers/{router['id']}", {"subnet_id": subnet["id"]}
    for _ in range(5):
        for verb in ("add", "remove"):
            answers = await asyncio.gather(*(api.ask("PUT", f"{path}/{verb}_router_interface", body) for _ in range(8)))
            statuses = Counter(answer.status for answer in answers)
            assert statuses[200] == 1
            assert statuses.keys() <= {200, 400, 404, 409}
            ports = await api.ovn.northbound.rows("Logical_Router_Port")
            assert len(ports) == (1 if verb == "add" else 0)
