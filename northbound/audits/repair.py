"""Puts right what an audit found, through the leader: owners are marked, and whoever leads makes OVN what they plan.

With no leader about, the translation given here becomes one, under a term of its own as any other: there is no second
way to write to OVN.
"""

import asyncio
from collections.abc import Sequence

from northbound.audits.audit import Tell
from northbound.translation import marks
from northbound.translation.desired import in_order, split_owner
from northbound.translation.service import Translation
from runtime.database import Database

BATCH = 100
PERIOD_S = 0.05


async def repair(database: Database, translation: Translation, owners: Sequence[str], tell: Tell) -> None:
    """Returns when the leader has dealt with every owner, well or badly; the translation is running.

    Without a leader that reaches OVN this takes for ever.
    """
    ordered = in_order(owners, translation.kinds)
    batches = [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
    pending = {await _mark(database, batch): len(batch) for batch in batches}
    while pending:
        translation.wake()
        await asyncio.sleep(PERIOD_S)
        async with database.connection() as conn:
            for revision in list(pending):
                if await marks.is_settled(conn, revision):
                    del pending[revision]
        tell(len(ordered) - sum(pending.values()), len(ordered))


async def _mark(database: Database, owners: Sequence[str]) -> int:
    async with database.transaction() as conn:
        for owner in owners:
            kind, owner_id = split_owner(owner)
            revision = await marks.mark(conn, kind, owner_id)
    return revision
