"""Reads rules with what their plan needs beside them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from northbound.security_group_rules import store
from northbound.security_group_rules.plan import RuleView
from runtime.database import Connection, Select, fetch_together, queries, select_named

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_rule_views(conn: Connection, rule_ids: Sequence[str]) -> list[RuleView]:
    """Those of the ids that exist, in no order."""
    return rule_views(await fetch_together(conn, *select_rule_views(rule_ids)))


def select_rule_views(rule_ids: Sequence[str]) -> list[Select]:
    """The statements whose rows `rule_views` takes."""
    ids = list(rule_ids)
    return [
        select_named(SQL.select_views, ids),
        select_named(SQL.select_remotes_with_pairs, ids),
    ]


def rule_views(found: Sequence[Sequence[Mapping[str, Any]]]) -> list[RuleView]:
    """In the order of the rules' rows."""
    rows, remotes = found
    with_pairs = {row["security_group_id"] for row in remotes}
    return [
        RuleView(
            rule=store.rule_of(row),
            stateful=row["stateful"],
            with_pairs=row["remote_group_id"] in with_pairs,
            log_id=row["log_id"],
        )
        for row in rows
    ]
