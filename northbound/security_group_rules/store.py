"""Security group rules in PostgreSQL. Whoever calls has found the group visible; the database marks what comes or goes."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from northbound.quotas import store as quotas
from northbound.security_group_rules.errors import (
    DuplicateSecurityGroupRuleInPost,
    SecurityGroupRuleExists,
    SecurityGroupRuleNotFound,
)
from northbound.security_group_rules.rule import Rule
from northbound.sharing.visibility import visible
from northbound.translation import marks
from runtime.database import Connection, naming_by_detail, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")
RESOURCE = "security_group_rule"
TAGS_SQL = "r.tags"
VISIBLE = visible("security_group", "g")
"""A rule is seen by whoever sees its group."""

LISTING = Listing(
    select=(
        "SELECT r.*, g.is_default AS belongs_to_default FROM northbound.security_group_rules r"
        " JOIN northbound.security_groups g ON g.id = r.security_group_id"
    ),
    attributes={
        "id": Attribute("r.id", "uuid"),
        "security_group_id": Attribute("r.security_group_id", "uuid"),
        "project_id": Attribute("r.project_id"),
        "tenant_id": Attribute("r.project_id"),
        "description": Attribute("r.description"),
        "direction": Attribute("r.direction"),
        "ethertype": Attribute("r.ethertype"),
        "protocol": Attribute("r.protocol"),
        "port_range_min": Attribute("r.port_range_min", "int"),
        "port_range_max": Attribute("r.port_range_max", "int"),
        "remote_ip_prefix": Attribute("r.written_prefix"),
        "normalized_cidr": Attribute("r.remote_ip_prefix::text"),
        "remote_group_id": Attribute("r.remote_group_id", "uuid", sortable=False),
        "remote_address_group_id": Attribute("r.remote_address_group_id", "uuid", sortable=False),
        "belongs_to_default_sg": Attribute("g.is_default", "bool"),
        "revision_number": Attribute("r.revision_number", "int"),
        "created_at": Attribute("r.created_at", "time"),
        "updated_at": Attribute("r.updated_at", "time"),
    },
)


async def insert_rules(
    conn: Connection, rules: Sequence[Rule], *, limited: bool = True, touching: bool = False
) -> list[Rule]:
    """Adds rules of one group, all or none, and returns them as they are read. No rules are fine.

    They are counted, beside the limit unless `limited`. `touching` raises the revision of the group.
    Raises SecurityGroupRuleExists when the group holds the same rule already, DuplicateSecurityGroupRuleInPost when
    `rules` says one thing twice, OverQuota.
    """
    if not rules:
        return []
    with naming_by_detail({"quotas_limit": quotas.over_quota}):
        made = await SQL.insert_rules(
            conn,
            rules=[_as_json(rule) for rule in rules],
            request_id=marks.cause(),
            default_limit=quotas.DEFAULTS[RESOURCE] if limited else None,
            touching=touching,
        )
    added = {row["id"]: rule_of(row) for row in made}
    for rule in rules:
        if rule.id not in added:
            raise await _same_rule(conn, rule, added)
    if not limited:
        for project_id, amount in sorted(Counter(rule.project_id for rule in rules).items()):
            await quotas.count(conn, project_id, RESOURCE, amount)
    return [added[rule.id] for rule in rules]


def _as_json(rule: Rule) -> dict:
    return {**msgspec.structs.asdict(rule), "protocol_number": rule.protocol_number}


async def _same_rule(conn: Connection, rule: Rule, added: Container[str]) -> Exception:
    existing = await SQL.find_same_rule(
        conn,
        security_group_id=rule.security_group_id,
        direction=rule.direction,
        ethertype=rule.ethertype,
        protocol_number=rule.protocol_number,
        port_range_min=rule.port_range_min,
        port_range_max=rule.port_range_max,
        remote_ip_prefix=rule.remote_ip_prefix,
        remote_group_id=rule.remote_group_id,
        remote_address_group_id=rule.remote_address_group_id,
    )
    return DuplicateSecurityGroupRuleInPost() if existing in added else SecurityGroupRuleExists(existing)


async def fetch_rule(conn: Connection, rule_id: str, reach: str | None) -> Rule:
    """The rule if `reach` (see `Caller.reach`) may see it; else raises SecurityGroupRuleNotFound."""
    where = Where()
    where.add("r.id = {}", rule_id)
    found = await list_rules(conn, Page(), where, reach)
    if not found:
        raise SecurityGroupRuleNotFound(rule_id)
    return found[0]


async def list_rules(conn: Connection, page: Page, where: Where, reach: str | None) -> list[Rule]:
    if reach is not None:
        where.add(VISIBLE, reach)
    sql, values = compile_listing(LISTING, page, where)
    return [rule_of(row) for row in await conn.fetch(sql, *values)]


async def rules_of_groups(conn: Connection, group_ids: Sequence[str]) -> dict[str, list[Rule]]:
    """The rules of each of the groups, in order of creation."""
    rules: dict[str, list[Rule]] = {group_id: [] for group_id in group_ids}
    sql = f"{LISTING.select} WHERE r.security_group_id = ANY($1::uuid[]) ORDER BY r.created_at, r.id"
    for row in await conn.fetch(sql, list(group_ids)):
        rules[row["security_group_id"]].append(rule_of(row))
    return rules


def rule_of(row: Mapping[str, Any]) -> Rule:
    return msgspec.convert(dict(row), Rule)


async def update_description(conn: Connection, rule_id: str, description: str) -> None:
    await SQL.update_description(conn, id=rule_id, description=description)


async def delete_rule(conn: Connection, rule: Rule) -> None:
    """Removes the rule; raises SecurityGroupRuleNotFound when somebody else did meanwhile."""
    if await SQL.delete_rule(conn, id=rule.id, request_id=marks.cause()) is None:
        raise SecurityGroupRuleNotFound(rule.id)
    await quotas.give_back(conn, rule.project_id, RESOURCE)


async def delete_rules_about(conn: Connection, group_id: str) -> set[str]:
    """Removes a group's rules and those that name it as remote end; returns the groups that lost one."""
    gone = [row async for row in SQL.delete_rules_about(conn, group_id=group_id, request_id=marks.cause())]
    for project_id, amount in Counter(row["project_id"] for row in gone).items():
        await quotas.give_back(conn, project_id, RESOURCE, amount)
    return {row["security_group_id"] for row in gone}
