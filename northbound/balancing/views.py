"""Reads load balancers with everything that their plans need."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.balancing.view import BalancerView
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "view.sql")


async def read_balancer_views(conn: Connection, load_balancer_ids: Sequence[str]) -> list[BalancerView]:
    """Those of the ids that exist, in no order."""
    rows = [dict(row) async for row in SQL.read_views(conn, ids=list(load_balancer_ids))]
    return [msgspec.convert(row, BalancerView) for row in rows]
