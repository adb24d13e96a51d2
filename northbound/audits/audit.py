"""Compares the whole plan with OVN's northbound database, and changes nothing.

    every owner: PostgreSQL -> plan -> invariants -> difference with the replica -> what differs is looked at again

Somebody may be writing meanwhile, and what was committed a moment ago is on its way: only an owner that differs
in every one of several looks is reported.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from northbound.translation import check
from northbound.translation.desired import Desired, OwnerKind, all_owners, in_order, read_desired
from runtime.database import Database
from southbound.ovsdb.difference import Changes, differences
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import owner_of

LOOKS = 3
PAUSE_S = 0.5
PAGE = 500
UNOWNED_TABLES = frozenset({"NB_Global"})

Tell = Callable[[int, int], None]
"""Called with how many owners are done, and of how many."""


@dataclass(slots=True)
class Findings:
    """`changes` is what would make OVN as it should be; `refused` has the reason by owner that cannot be made so."""

    owners: int = 0
    rows: int = 0
    rows_not_ours: int = 0
    changes: dict[str, Changes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def differing(self) -> list[str]:
        return sorted({*self.changes, *self.refused})


async def audit(database: Database, replica: Replica, kinds: Sequence[OwnerKind], tell: Tell) -> Findings:
    """What differs. The replica is complete, and live."""
    async with database.snapshot() as conn:
        owners = {owner async for page in all_owners(conn, kinds) for owner in page}
    doubtful = in_order({*owners, *replica.owners()}, kinds)
    findings = Findings(owners=len(doubtful))
    await _look(database, replica, doubtful, kinds, findings, tell)
    for _ in range(LOOKS - 1):
        if not findings.differing:
            break
        await asyncio.sleep(PAUSE_S)
        await _look(database, replica, in_order(findings.differing, kinds), kinds, findings, None)
    _count_rows(replica, kinds, findings)
    return findings


async def _look(
    database: Database,
    replica: Replica,
    owners: Sequence[str],
    kinds: Sequence[OwnerKind],
    findings: Findings,
    tell: Tell | None,
) -> None:
    """One look at these owners, together: what one of them lacks in OVN another may be about to bring."""
    desired = Desired()
    for start in range(0, len(owners), PAGE):
        async with database.snapshot() as conn:
            page = await read_desired(conn, owners[start : start + PAGE], kinds)
        desired.rows.update(page.rows)
        desired.unplanned.update(page.unplanned)
        if tell is not None:
            tell(min(start + PAGE, len(owners)), len(owners))
    broken = check.violations(desired.rows, replica)
    sound = {owner: rows for owner, rows in desired.rows.items() if owner not in broken}
    changes, refused = differences(sound, replica)
    findings.changes = {change.owner: change for change in changes}
    findings.refused = desired.unplanned | broken | refused


def _count_rows(replica: Replica, kinds: Sequence[OwnerKind], findings: Findings) -> None:
    known = {kind.name for kind in kinds}
    for table in replica.registered.keys() - UNOWNED_TABLES:
        for row in replica.rows(table).values():
            owner = owner_of(row.get("external_ids", {}))
            if owner is not None and owner.partition("/")[0] in known:
                findings.rows += 1
            else:
                findings.rows_not_ours += 1
