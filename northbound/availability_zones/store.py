"""Zones, read from the hypervisors that were copied from OVN."""

from pathlib import Path

from northbound.availability_zones.zones import Zone
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_zones(conn: Connection) -> list[Zone]:
    """All of them, by name."""
    return [
        Zone(row["name"], frozenset(row["physical_networks"]), row["has_gateway"])
        async for row in SQL.select_zones(conn)
    ]
