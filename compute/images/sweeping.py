"""Takes contents away that no image names, now and then: what a death between a file and its row left behind."""

from compute.images.content import ContentStore
from compute.images.store import SQL
from runtime.database import Database
from runtime.reconciler import Reconciler

PERIOD_S = 3600.0


class Sweeper:
    """Every control process may have one: a file is taken away once, and none that is younger than a day."""

    def __init__(self, database: Database, content: ContentStore) -> None:
        self._database = database
        self._content = content
        self._reconciler = Reconciler("image contents", self._sweep, period_s=PERIOD_S)

    async def run(self) -> None:
        """Sweeps until cancelled, now and every hour."""
        await self._reconciler.run()

    async def _sweep(self) -> None:
        async with self._database.connection() as conn:
            named = [row["sha512"] async for row in SQL.contents(conn)]
        await self._content.sweep(named)
