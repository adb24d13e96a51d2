"""Reads groups with what their plan needs: all but the rules, which are planned by themselves."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.security_groups import store
from northbound.security_groups.group import Group
from runtime.database import Connection, fetch_together, queries, select_named

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_group_views(conn: Connection, group_ids: Sequence[str]) -> list[Group]:
    """Those of the ids that exist, in no order."""
    ids = list(group_ids)
    rows, found, logs = await fetch_together(
        conn,
        store.select_groups(ids),
        select_named(SQL.select_pairs, ids),
        select_named(SQL.select_drop_logs, ids),
    )
    pairs = {row["security_group_id"]: row["addresses"] for row in found}
    drop_logs = {row["id"]: row["drop_log"] for row in logs}
    return [
        msgspec.convert({**row, "pairs": pairs.get(row["id"], []), "drop_log": drop_logs.get(row["id"])}, Group)
        for row in rows
    ]
