"""How long events are kept: what is older goes, in small lots, by one process at a time."""

from identity.audit import store
from runtime.database import Database
from runtime.reconciler import Reconciler

PERIOD_S = 60.0
LOT, LOTS = 5_000, 20


async def prune_audit(database: Database, kept_days: float) -> None:
    """Runs until cancelled; 0 days keep everything. Lots are transactions of their own, and a pass has few of them."""
    if not kept_days:
        return

    async def prune() -> None:
        for _ in range(LOTS):
            async with database.connection() as connection:
                if await store.prune(connection, kept_days * 86_400, LOT) < LOT:
                    return

    await Reconciler("identity-audit", prune, period_s=PERIOD_S).run()
