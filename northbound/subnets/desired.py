"""Reads marked subnets and plans them: what the translation calls for owner kind `subnet`."""

from collections.abc import Sequence
from pathlib import Path

from northbound.subnets import store
from northbound.subnets.plan import SubnetView, plan_subnet
from runtime.database import Connection, queries
from southbound.ovsdb.rows import Row

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_and_plan(conn: Connection, subnet_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Id -> rows, for those of the ids that exist."""
    surroundings = {row["id"]: row async for row in SQL.select_surroundings(conn, ids=list(subnet_ids))}
    return {
        subnet.id: plan_subnet(
            SubnetView(subnet, surroundings[subnet.id]["mtu"], surroundings[subnet.id]["metadata_ip"])
        )
        for subnet in await store.read_subnets(conn, subnet_ids)
    }
