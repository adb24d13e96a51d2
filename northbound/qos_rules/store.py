"""QoS rules in PostgreSQL. A rule is found with its policy, never by itself; whoever changes one has the policy locked."""

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

import msgspec

from northbound.qos_policies.assignment import mark_followers
from northbound.qos_policies.noun import QOS_POLICIES
from northbound.qos_rules.qos_rule import QosRule, QosRuleNotFound, QoSRulesConflict
from northbound.sharing.visibility import visible
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

LISTING = Listing(
    select=(
        "SELECT r.*, t.project_id FROM northbound.qos_rules r JOIN northbound.qos_policies t ON t.id = r.qos_policy_id"
    ),
    attributes={
        "id": Attribute("r.id", "uuid"),
        "direction": Attribute("r.direction"),
        "max_kbps": Attribute("r.max_kbps", "int"),
        "max_burst_kbps": Attribute("r.max_burst_kbps", "int"),
        "dscp_mark": Attribute("r.dscp_mark", "int"),
        "min_kbps": Attribute("r.min_kbps", "int"),
        "qos_policy_id": Attribute("r.qos_policy_id", "uuid"),
    },
)


async def list_rules(conn: Connection, page: Page, where: Where, kind: str, reach: str | None) -> list[QosRule]:
    """Rules of one kind, of the policies that `reach` (see `Caller.reach`) may see."""
    where.add("r.kind = {}", kind)
    if reach is not None:
        where.add(visible("qos_policy", "t"), reach)
    sql, values = compile_listing(LISTING, page, where)
    return [msgspec.convert(dict(row), QosRule) for row in await conn.fetch(sql, *values)]


async def fetch_rule(conn: Connection, policy_id: str | None, rule_id: str, kind: str, reach: str | None) -> QosRule:
    """The policy's rule; `policy_id` None: of whichever policy it is. Raises QosRuleNotFound."""
    where = Where()
    where.add("r.id = {}", rule_id)
    if policy_id is not None:
        where.add("r.qos_policy_id = {}", policy_id)
    found = await list_rules(conn, Page(), where, kind, reach)
    if not found:
        raise QosRuleNotFound(policy_id, rule_id)
    return found[0]


async def read_rules(conn: Connection, policy_ids: Collection[str]) -> dict[str, list[QosRule]]:
    """The rules of each of the policies: what the translation plans from."""
    found: dict[str, list[QosRule]] = defaultdict(list)
    if policy_ids:
        async for row in SQL.select_rules(conn, policy_ids=sorted(policy_ids)):
            found[row["qos_policy_id"]].append(msgspec.convert(dict(row), QosRule))
    return found


async def insert_rule(conn: Connection, rule: QosRule) -> None:
    """Raises QoSRulesConflict."""
    with naming({"qos_rules_same": lambda: QoSRulesConflict(rule)}):
        await SQL.insert_rule(conn, **msgspec.structs.asdict(rule))
    await _changed(conn, rule)


async def update_rule(conn: Connection, rule: QosRule) -> None:
    """Raises QoSRulesConflict."""
    with naming({"qos_rules_same": lambda: QoSRulesConflict(rule)}):
        await SQL.update_rule(conn, **msgspec.structs.asdict(rule))
    await _changed(conn, rule)


async def delete_rule(conn: Connection, rule: QosRule) -> None:
    await SQL.delete_rule(conn, id=rule.id)
    await _changed(conn, rule)


async def _changed(conn: Connection, rule: QosRule) -> None:
    await QOS_POLICIES.touch(conn, rule.qos_policy_id)
    await mark_followers(conn, rule.qos_policy_id)
