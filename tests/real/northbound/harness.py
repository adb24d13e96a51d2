"""Proves a plan on real OVN: applied, applied again, taken back, by halves, by two writers at once."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from deploy.lab.daemons.waiting import until
from northbound.translation.tables import TABLES
from southbound.ovsdb.apply import apply
from southbound.ovsdb.rows import Row
from southbound.ovsdb.session import Session, SessionSettings
from tests.daemons.ovn import Ovn

ADDED = ("_uuid", "_version", "up", "tag", "nb_cfg")
"""Columns that the database and northd write."""

Wanted = Mapping[str, Sequence[Row]]


@asynccontextmanager
async def session_at(remotes: str) -> AsyncIterator[Session]:
    """A running session with a complete replica of what plans write."""
    session = Session(SessionSettings(remotes), "OVN_Northbound", TABLES)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(session.run())
        await session.wait_complete()
        yield session
        running.cancel()


def open_session(ovn: Ovn) -> AbstractAsyncContextManager[Session]:
    return session_at(ovn.northbound.remote)


def by_owner(rows: Iterable[Row]) -> dict[str, list[Row]]:
    wanted: dict[str, list[Row]] = {}
    for row in rows:
        wanted.setdefault(row.owner, []).append(row)
    return wanted


async def contents(ovn: Ovn) -> dict[str, dict]:
    """Everything in the tables that plans write, by UUID."""
    return {
        table: {
            row["_uuid"][1]: {column: value for column, value in row.items() if column not in ADDED}
            for row in await ovn.northbound.rows(table)
        }
        for table in TABLES
        if table != "NB_Global"
    }


async def settles(ovn: Ovn, wanted: Wanted) -> None:
    """Passes when NB comes to hold exactly `wanted` from every side, and nothing of it in the end.

    OVN holds nothing of ours before. northd must not complain of what it is given whole.
    """
    heard = await _complaints(ovn)
    async with open_session(ovn) as session, open_session(ovn) as other:
        applied = await apply(session, wanted)
        assert (set(applied.changed), applied.quarantined, applied.unsettled) == (set(wanted), {}, set())
        whole = await contents(ovn)
        await _nothing_to_do(session, wanted)
        assert await _complaints(ovn) == heard

        await apply(session, _emptied(wanted))
        assert not any((await contents(ovn)).values())

        half = list(wanted)[: len(wanted) // 2]
        await apply(session, {owner: wanted[owner] for owner in half})
        await apply(session, wanted)
        assert await contents(ovn) == whole

        await apply(session, _emptied(wanted))
        await asyncio.gather(apply(session, wanted), apply(other, wanted))
        for writer in (session, other):
            await _nothing_to_do(writer, wanted)
        assert await contents(ovn) == whole
        await apply(session, _emptied(wanted))


async def _nothing_to_do(session: Session, wanted: Wanted) -> None:
    """Passes when the session changes nothing; one that lost a race may first have to see what the winner wrote."""

    async def is_settled() -> bool:
        applied = await apply(session, wanted)
        assert applied.changed == {}
        return not applied.quarantined

    await until(is_settled, 5)


async def _complaints(ovn: Ovn) -> list[str]:
    """What northd has said so far that was not plain information, once it has seen everything that there is."""
    await ovn.nbctl("--wait=sb", "sync")
    return [line for line in ovn.northd.log_path.read_text().splitlines() if "|WARN|" in line or "|ERR|" in line]


def _emptied(wanted: Wanted) -> dict[str, list[Row]]:
    return {owner: [] for owner in wanted}
