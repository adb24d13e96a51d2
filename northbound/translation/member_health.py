"""A member's health: a function of its service monitor as OVN's southbound database shows it.

    Service_Monitor.status -> northbound.members.health        no such row, or nothing said in it -> NULL

One service may be a member of several pools: all of them get what is found.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from runtime.database import Database, queries
from southbound.ovsdb.replica import Columns
from southbound.service_monitors import Backend, parse_backend, parse_health

SQL = queries(Path(__file__).parent / "member_health.sql")


class MemberHealth:
    """The level that is kept in northbound.members.health."""

    table = "Service_Monitor"
    also = frozenset()
    absent = None

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, row: Columns) -> tuple[Backend, str | None]:
        return parse_backend(row), parse_health(row)

    async def forget_others(self, keys: Collection[Backend]) -> None:
        async with self._database.transaction() as conn:
            await SQL.forget_health(conn, **_columns(keys))

    async def store(self, seen: Mapping[Backend, str | None]) -> None:
        async with self._database.transaction() as conn:
            await SQL.update_health(conn, **_columns(seen), healths=list(seen.values()))


def _columns(backends: Collection[Backend]) -> dict[str, list[str] | list[int]]:
    return {
        "port_ids": [backend.port_id for backend in backends],
        "addresses": [backend.address for backend in backends],
        "protocols": [backend.protocol for backend in backends],
        "ports": [backend.port for backend in backends],
    }
