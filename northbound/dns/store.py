"""Reads what the names of networks are planned from. Triggers mark the owners (migration 0070)."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.dns.plan import Zone
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_zones(conn: Connection, network_ids: Sequence[str]) -> list[Zone]:
    """One for each of the networks that exist, in no order; a network without names for OVN has an empty one."""
    return [msgspec.convert(dict(row), Zone) async for row in SQL.select_zones(conn, ids=list(network_ids))]
