"""Whether OVN may be given names: a switch with DNS rows lets any datagram from UDP port 53 past its ingress rules.

That is CVE-2025-0650: northd permits `udp.src == 53` above every ACL, so that nothing in the northbound database can
forbid it. Names are withheld from such an OVN unless the operator says `dns_records = "always"`; ports show theirs all
the same. Fixed upstream in 22.03.8, 24.03.5, 24.09.2 and all later series; Debian 12's 23.03.1 is not.
"""

import asyncio
import re
from pathlib import Path
from typing import Literal

from northbound.translation import marks
from runtime.database import Database, queries
from southbound.ovsdb.replica import Change
from southbound.ovsdb.session import Session

SQL = queries(Path(__file__).parent / "queries.sql")

DnsRecords = Literal["when_safe", "always"]
FIRST_FIXED = {(22, 3): 8, (24, 3): 5, (24, 9): 2}
FIRST_WHOLE_SERIES = (25, 3)
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def is_safe(northd_version: str) -> bool:
    """Whether the version, as northd writes it into NB_Global ("24.03.5-20.33.0-72.6"), has the fix."""
    found = VERSION.match(northd_version)
    if found is None:
        return False
    year, month, point = map(int, found.groups())
    return (year, month) >= FIRST_WHOLE_SERIES or point >= FIRST_FIXED.get((year, month), point + 1)


class DnsSafety:
    """Keeps northbound.dns_safety, and plans all names again when it changes."""

    def __init__(self, database: Database, session: Session, records: DnsRecords) -> None:
        self._database = database
        self._session = session
        self._records = records
        self._found: bool | None = None
        self._wanted = asyncio.Event()
        self._wanted.set()

    async def run(self) -> None:
        """Runs until cancelled."""
        with self._session.listening(self._observe, self._wanted.set):
            while True:
                await self._wanted.wait()
                await self._session.wait_complete()
                self._wanted.clear()
                await self._keep(self._find())

    def _find(self) -> bool:
        rows = self._session.replica.rows("NB_Global").values()
        versions = [row["options"].get("northd_internal_version", "") for row in rows]
        return self._records == "always" or all(map(is_safe, versions))

    async def _keep(self, found: bool) -> None:
        if found == self._found:
            return
        async with self._database.transaction() as conn:
            if await SQL.set_safety(conn, is_safe=found) is not None:
                await marks.mark_all(conn, "dns", "northbound.named_networks")
        self._found = found

    def _observe(self, change: Change) -> None:
        if change.table == "NB_Global":
            self._wanted.set()
