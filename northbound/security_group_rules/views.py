"""Reads rules with what their plan needs beside them."""

from collections.abc import Sequence
from pathlib import Path

from northbound.security_group_rules import store
from northbound.security_group_rules.plan import RuleView
from runtime.database import Connection, fetch_together, queries, select_named

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_rule_views(conn: Connection, rule_ids: Sequence[str]) -> list[RuleView]:
    """Those of the ids that exist, in no order."""
    ids = list(rule_ids)
    rows, surroundings, remotes = await fetch_together(
        conn,
        store.select_rules(ids),
        select_named(SQL.select_surroundings, ids),
        select_named(SQL.select_remotes_with_pairs, ids),
    )
    beside = {row["id"]: row for row in surroundings}
    with_pairs = {row["security_group_id"] for row in remotes}
    return [
        RuleView(
            rule=store.rule_of(row),
            stateful=beside[row["id"]]["stateful"],
            with_pairs=row["remote_group_id"] in with_pairs,
            log_id=beside[row["id"]]["log_id"],
        )
        for row in rows
    ]
