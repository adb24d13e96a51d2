"""Four control processes at once, as their requests meet in PostgreSQL and their leaders in OVN."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from northbound.translation.fence import claim, guard
from southbound.ovsdb.apply import apply
from southbound.ovsdb.rows import Row
from tests.daemons.ovn import Ovn
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
