"""Reads subnets with what their plan needs beside them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from northbound.subnets import store
from northbound.subnets.plan import SubnetView
from runtime.database import Connection, Select, fetch_together, queries, select_named

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_subnet_views(conn: Connection, subnet_ids: Sequence[str]) -> list[SubnetView]:
    """Those of the ids that exist, in no order."""
    ids = list(subnet_ids)
    rows, beside = await fetch_together(conn, store.select_subnets(ids), select_named(SQL.select_surroundings, ids))
    by_id = {row["id"]: row for row in beside}
    return [view_of(row, by_id[row["id"]]) for row in rows]


def select_surroundings_of_ports(port_ids: Sequence[str]) -> Select:
    """What is beside the subnets of `store.select_of_ports`."""
    return select_named(SQL.select_surroundings_of_ports, list(port_ids))


def view_of(row: Mapping[str, Any], beside: Mapping[str, Any]) -> SubnetView:
    return SubnetView(store.subnet_of(row), beside["mtu"], beside["metadata_ip"], beside["mac_prefix"])
