"""Owners that could not be written: tried again with growing pauses, visible in northbound.quarantine.

The schedule is in the leader's memory; a new leader looks at every owner anyway.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from northbound.translation.desired import split_owner
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "quarantine.sql")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0


@dataclass(slots=True)
class _Retry:
    due_s: float
    pause_s: float


class Quarantine:
    """`now` arguments are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._retries: dict[str, _Retry] = {}

    def __len__(self) -> int:
        return len(self._retries)

    def due(self, now: float) -> list[str]:
        """Owners to be tried again now; each is named once per pause."""
        due = [owner for owner, retry in self._retries.items() if retry.due_s <= now]
        for owner in due:
            self._retries[owner].due_s = now + self._retries[owner].pause_s
        return due

    def next_due_s(self) -> float | None:
        """When the next owner is to be tried; None when there is none."""
        return min((retry.due_s for retry in self._retries.values()), default=None)

    async def update(self, conn: Connection, tried: Iterable[str], failed: Mapping[str, str], now: float) -> None:
        """Takes the outcome of a group: `failed` has the reasons, all others of `tried` are well again."""
        well = [owner for owner in tried if owner not in failed and self._retries.pop(owner, None)]
        for owner in failed:
            before = self._retries.get(owner)
            pause_s = FIRST_PAUSE_S if before is None else min(before.pause_s * 2, LONGEST_PAUSE_S)
            self._retries[owner] = _Retry(now + pause_s, pause_s)
        if well:
            await SQL.delete_quarantined(conn, [_columns(owner) for owner in well])
        if failed:
            await SQL.upsert_quarantined(
                conn, [{**_columns(owner), "reason": reason} for owner, reason in failed.items()]
            )

    async def restart(self, conn: Connection) -> None:
        """Forgets everything, here and in the table: every owner is about to be looked at."""
        self._retries.clear()
        await SQL.delete_all(conn)


def _columns(owner: str) -> dict[str, str]:
    kind, owner_id = split_owner(owner)
    return {"owner_kind": kind, "owner_id": owner_id}
