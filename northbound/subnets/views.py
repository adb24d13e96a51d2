"""Reads subnets with what their plan needs beside them."""

from collections.abc import Sequence
from pathlib import Path

from northbound.subnets import store
from northbound.subnets.plan import SubnetView
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_subnet_views(conn: Connection, subnet_ids: Sequence[str]) -> list[SubnetView]:
    """Those of the ids that exist, in no order."""
    beside = {row["id"]: row async for row in SQL.select_surroundings(conn, ids=list(subnet_ids))}
    return [
        SubnetView(subnet, beside[subnet.id]["mtu"], beside[subnet.id]["metadata_ip"])
        for subnet in await store.read_subnets(conn, subnet_ids)
    ]
