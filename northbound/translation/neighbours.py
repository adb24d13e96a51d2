"""What routers have learned about neighbours that are not what they were: forgotten in OVN's southbound database.

A router keeps the MAC of a neighbour that it resolved (MAC_Binding) as long as it is used. When a floating IP is
answered for by another MAC, or a router port goes, whoever learned of it would go on sending to the old one.

    a translation that comes, goes, or gets another MAC      what was learned of its outer address
    a router port that goes or gets another MAC              what was learned with its MAC

Rows are deleted where they match, without a copy of the table, which may be large. What is missed while nobody leads
ages by itself (`mac_binding_age_threshold`). Source: ovn-mapping section 8.7.
"""

import asyncio
from collections.abc import Iterator

import structlog

from southbound.ovsdb.outcomes import Committed
from southbound.ovsdb.replica import Change, Columns
from southbound.ovsdb.session import Session

ANSWERS = ("external_ip", "external_mac", "gateway_port")
MOST_AT_ONCE = 200

log = structlog.get_logger()

Stale = tuple[str, str]
"""(column, value) of the rows that are to go."""


class Neighbours:
    """Follows the northbound replica; deletes in the southbound database."""

    def __init__(self, northbound: Session, southbound: Session) -> None:
        self._replica = northbound.replica
        self._southbound = southbound
        self._stale: set[Stale] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Runs until cancelled."""
        with self._replica.listening(self.observe):
            while True:
                await self._news.wait()
                await self._southbound.wait_complete()
                self._news.clear()
                while self._stale:
                    await self._forget([self._stale.pop() for _ in range(min(MOST_AT_ONCE, len(self._stale)))])

    async def _forget(self, stale: list[Stale]) -> None:
        operations = [
            {"op": "delete", "table": "MAC_Binding", "where": [[column, "==", value]]} for column, value in stale
        ]
        outcome = await self._southbound.transact(operations)
        if not isinstance(outcome, Committed):
            log.warning("stale neighbours stay until they age", count=len(stale), outcome=str(outcome))

    def observe(self, change: Change) -> None:
        if self._replica.complete and (found := set(stale_neighbours(change))):
            self._stale |= found
            self._news.set()


def stale_neighbours(change: Change) -> Iterator[Stale]:
    """What the change makes wrong. Pure."""
    before, after = change.before, change.after
    match change.table:
        case "NAT" if _say(before, ANSWERS) != _say(after, ANSWERS):
            for row in (before, after):
                if row is not None and row["type"] == "dnat_and_snat":
                    yield "ip", row["external_ip"]
        case "Logical_Router_Port" if before is not None and _say(before, ("mac",)) != _say(after, ("mac",)):
            yield "mac", before["mac"]


def _say(row: Columns | None, columns: tuple[str, ...]) -> list[object]:
    return [] if row is None else [row[column] for column in columns]
