"""Security groups and rules in a real PostgreSQL: the default group, equal rules, deletion, quotas."""

import asyncio
import uuid
from typing import Any

import pytest
import structlog

from northbound.quotas import store as quotas
from northbound.security_group_rules import store as rules
from northbound.security_group_rules.errors import (
    DuplicateSecurityGroupRuleInPost,
    SecurityGroupRuleExists,
)
from northbound.security_group_rules.rule import Rule, checked_rule
from northbound.security_groups import store as groups
from northbound.security_groups.group import (
    Group,
    SecurityGroupInUse,
    SecurityGroupNotFound,
)
from runtime.database import Connection, Database
from runtime.errors import OverQuota
from runtime.web.listing import Page, Where
from tests.real.northbound.networking import (
    PROJECT,
    STRANGER,
    insert_network,
    insert_port,
)

pytestmark = pytest.mark.real


def a_group(**said: Any) -> Group:
    return Group(**{"id": str(uuid.uuid4()), "project_id": PROJECT, "name": "web", **said})


def a_rule(group: Group, **said: Any) -> Rule:
    words = {
        "rule_id": str(uuid.uuid4()),
        "security_group_id": group.id,
        "project_id": group.project_id,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": 22,
        "remote_ip_prefix": None,
        "remote_group_id": None,
        "description": "",
    }
    return checked_rule(**{**words, **said})


async def used(database: Database, resource: str) -> int:
    async with database.snapshot() as conn:
        return next(quota.used for quota in await quotas.select_quotas(conn, PROJECT) if quota.resource == resource)


async def marks_of(conn: Connection) -> set[str]:
    return {
        row["owner"] for row in await conn.fetch("SELECT owner_kind || '/' || owner_id AS owner FROM northbound.dirty")
    }


async def count_rows(database: Database) -> int:
    async with database.snapshot() as conn:
        return await conn.fetchval(
            "SELECT (SELECT count(*) FROM northbound.security_groups)"
            " + (SELECT count(*) FROM northbound.security_group_rules)"
        )


async def test_first_write_makes_the_default_group_with_its_four_rules(database: Database) -> None:
    async with database.transaction() as conn:
        await groups.insert_group(conn, a_group())
        found = await groups.list_groups(conn, Page(), Where(), PROJECT)
    default = next(group for group in found if group.is_default)
    assert [group.name for group in found if not group.is_default] == ["web"]
    assert {(rule.direction, rule.ethertype, rule.remote_group_id) for rule in default.rules} == {
        ("egress", "IPv4", None),
        ("egress", "IPv6", None),
        ("ingress", "IPv4", default.id),
        ("ingress", "IPv6", default.id),
    }


async def test_racing_first_writes_make_one_default_group(database: Database) -> None:
    async def first_write() -> str:
        async with database.transaction() as conn:
            return await groups.ensure_default(conn, PROJECT)

    made = await asyncio.gather(*(first_write() for _ in range(8)))
    assert len(set(made)) == 1
    assert await used(database, "security_group") == 1
    assert await used(database, "security_group_rule") == 4


async def test_threat_n6_reading_the_groups_of_any_project_never_writes(database: Database) -> None:
    for number in range(50):
        async with database.transaction() as conn:
            assert await groups.list_groups(conn, Page(), Where(), f"nobody-{number}") == []
    assert await count_rows(database) == 0


@pytest.mark.parametrize(
    "twin",
    [{}, {"protocol": "6"}, {"remote_ip_prefix": "0.0.0.0/0"}, {"description": "another"}],
    ids=str,
)
async def test_same_rule_again_is_refused_with_the_id_of_the_first(database: Database, twin: dict) -> None:
    group = a_group()
    first = a_rule(group)
    async with database.transaction() as conn:
        await groups.insert_group(conn, group)
        await rules.insert_rules(conn, [first])
    with pytest.raises(SecurityGroupRuleExists, match=first.id):
        async with database.transaction() as conn:
            await rules.insert_rules(conn, [a_rule(group, **twin)])
    assert await used(database, "security_group_rule") == 4 + 2 + 1


async def test_one_request_that_says_a_rule_twice_adds_nothing(database: Database) -> None:
    group = a_group()
    async with database.transaction() as conn:
        await groups.insert_group(conn, group)
    before = await count_rows(database)
    with pytest.raises(DuplicateSecurityGroupRuleInPost):
        async with database.transaction() as conn:
            await rules.insert_rules(conn, [a_rule(group), a_rule(group)])
    assert await count_rows(database) == before


async def test_one_rule_more_is_planned_without_the_others(database: Database) -> None:
    group = a_group()
    async with database.transaction() as conn:
        await groups.insert_group(conn, group)
        await rules.insert_rules(conn, [a_rule(group, port_range_min=low, port_range_max=99) for low in range(1, 20)])
        await conn.execute("DELETE FROM northbound.dirty")
        added = a_rule(group)
        (made,) = await rules.insert_rules(conn, [added], touching=True)
        assert await marks_of(conn) == {f"security_group_rule/{added.id}"}
        assert made == await rules.fetch_rule(conn, added.id, None), "what was inserted is what is read"
        assert (await groups.fetch_group(conn, group.id, None)).revision_number == 2


GRANT = (
    "INSERT INTO northbound.rbac_policies (id, project_id, object_type, object_id, action, target_project)"
    " VALUES (gen_random_uuid(), $2, 'security_group', $1, 'access_as_shared', '*')"
)
LOG = (
    "INSERT INTO northbound.logs (id, project_id, name, description, enabled, event, resource_type, resource_id)"
    " VALUES (gen_random_uuid(), $2, '', '', true, 'ALL', 'security_group', $1)"
)
OF_WHAT_RULES_READ = {
    "state": ["UPDATE northbound.security_groups SET stateful = NOT stateful WHERE id = $1 AND project_id = $2"],
    "log": [LOG],
    "log of the project": [LOG.replace("$1)", "nullif($1::uuid, $1::uuid))")],
    "log switched off": [LOG, "UPDATE northbound.logs SET enabled = false WHERE resource_id = $1 AND project_id = $2"],
    "log gone": [LOG, "DELETE FROM northbound.logs WHERE resource_id = $1 AND project_id = $2"],
    "shared": [GRANT],
    "shared no more": [GRANT, "DELETE FROM northbound.rbac_policies WHERE object_id = $1 AND project_id = $2"],
}


@pytest.mark.parametrize("statements", OF_WHAT_RULES_READ.values(), ids=OF_WHAT_RULES_READ)
async def test_what_the_plans_of_rules_read_of_their_group_marks_them(
    database: Database, statements: list[str]
) -> None:
    group, other = a_group(), a_group(name="other")
    async with database.transaction() as conn:
        for inserted in (group, other):
            await groups.insert_group(conn, inserted)
        await conn.execute("UPDATE northbound.security_groups SET project_id = $1 WHERE id = $2", STRANGER, other.id)
        for statement in statements:
            await conn.execute("DELETE FROM northbound.dirty")
            await conn.execute(statement, group.id, PROJECT)
        own = {f"security_group_rule/{rule.id}" for rule in (await rules.rules_of_groups(conn, [group.id]))[group.id]}
        marked = await marks_of(conn)
        others = {
            f"security_group_rule/{rule.id}" for rule in (await rules.rules_of_groups(conn, [other.id]))[other.id]
        }
    assert own <= marked
    assert not others & marked


async def test_address_pairs_of_members_mark_the_rules_that_admit_them(database: Database) -> None:
    group, admitting = a_group(), a_group(name="admitting")
    rule = a_rule(admitting, remote_group_id=group.id)
    async with database.transaction() as conn:
        for inserted in (group, admitting):
            await groups.insert_group(conn, inserted)
        await rules.insert_rules(conn, [rule])
        network, _ = await insert_network(conn, "10.50.0.0/24")
        port = await insert_port(conn, network.id, security_groups=[group.id])
        await conn.execute("DELETE FROM northbound.dirty")
        pairs = [{"ip_address": "10.50.0.200", "mac_address": port.mac_address}]
        await conn.execute("UPDATE northbound.ports SET allowed_address_pairs = $2 WHERE id = $1", port.id, pairs)
        assert {f"security_group/{group.id}", f"security_group_rule/{rule.id}"} <= await marks_of(conn)


async def test_group_of_a_port_cannot_be_deleted_until_the_port_is_gone(database: Database) -> None:
    group = a_group()
    async with database.transaction() as conn:
        await groups.insert_group(conn, group)
        network, _ = await insert_network(conn, "10.50.0.0/24")
        await insert_port(conn, network.id, security_groups=[group.id])
    with pytest.raises(SecurityGroupInUse):
        async with database.transaction() as conn:
            await groups.delete_group(conn, group)


async def test_deleting_a_group_takes_the_rules_that_name_it(database: Database) -> None:
    inside, outside = a_group(), a_group(name="clients")
    async with database.transaction() as conn:
        await groups.insert_group(conn, inside)
        await groups.insert_group(conn, outside)
        own = await rules.rules_of_groups(conn, [outside.id])
        naming = a_rule(inside, remote_group_id=outside.id)
        await rules.insert_rules(conn, [naming])
        await conn.execute("DELETE FROM northbound.dirty")
    async with database.transaction() as conn:
        await groups.lock_group(conn, outside.id)
        await groups.delete_group(conn, outside)
        left = await groups.fetch_group(conn, inside.id, PROJECT)
        marked = await marks_of(conn)
    assert [rule for rule in left.rules if rule.direction == "ingress"] == []
    assert left.revision_number > 1
    gone = {f"security_group_rule/{rule.id}" for rule in (naming, *own[outside.id])}
    assert marked == {f"security_group/{inside.id}", f"security_group/{outside.id}", *gone}
    assert await used(database, "security_group_rule") == 4 + 2


async def test_a_strangers_group_is_neither_seen_nor_used(database: Database) -> None:
    group = a_group()
    async with database.transaction() as conn:
        await groups.insert_group(conn, group)
    for attempt in (groups.fetch_group, lambda conn, i, reach: groups.check_usable(conn, [i], reach)):
        with pytest.raises(SecurityGroupNotFound):
            async with database.transaction() as conn:
                await attempt(conn, group.id, STRANGER)


async def test_threat_q1_quota_of_rules_holds_under_a_race(database: Database) -> None:
    group = a_group()
    async with database.transaction() as conn:
        await groups.insert_group(conn, group)
        await quotas.set_quotas(conn, PROJECT, {"security_group_rule": 10})

    async def add(port: int) -> bool:
        try:
            async with database.transaction() as conn:
                await rules.insert_rules(conn, [a_rule(group, port_range_min=port, port_range_max=port)])
        except OverQuota:
            return False
        return True

    assert sum(await asyncio.gather(*(add(port) for port in range(1, 17)))) == 4
    assert await used(database, "security_group_rule") == 10


async def test_no_limit_keeps_a_project_from_having_its_default_group(database: Database) -> None:
    async with database.transaction() as conn:
        await quotas.set_quotas(conn, PROJECT, {"security_group": 0, "security_group_rule": 0})
        await groups.ensure_default(conn, PROJECT)
    assert await used(database, "security_group") == 1
    with pytest.raises(OverQuota):
        async with database.transaction() as conn:
            await groups.insert_group(conn, a_group())


async def test_rules_are_marked_once_whoever_adds_or_removes_them(database: Database) -> None:
    """As a process that is older than rules planned by themselves, which marks the group alone."""
    group = a_group()
    rule = a_rule(group, port_range_max=99)
    columns = "security_group_id, project_id, description, direction, ethertype, protocol, protocol_number"
    copied = (
        f"INSERT INTO northbound.security_group_rules (id, {columns}) SELECT gen_random_uuid(), {columns}"
        " FROM northbound.security_group_rules WHERE id = $1 RETURNING id::text"
    )

    async def marked() -> list[tuple[str, str | None]]:
        """The marks of rules, which are taken away."""
        gone = await conn.fetch("DELETE FROM northbound.dirty RETURNING owner_kind, owner_id, request_id")
        return [(row["owner_id"], row["request_id"]) for row in gone if row["owner_kind"] == "security_group_rule"]

    async with database.transaction() as conn:
        await groups.insert_group(conn, group)
        await marked()
        with structlog.contextvars.bound_contextvars(request_id="req-1"):
            await rules.insert_rules(conn, [rule])
        assert await marked() == [(rule.id, "req-1")]
    async with database.transaction() as conn:
        added = await conn.fetchval(copied, rule.id)
        assert await marked() == [(added, None)]
        await conn.execute("DELETE FROM northbound.security_group_rules WHERE id = $1", added)
        assert await marked() == [(added, None)]
        with structlog.contextvars.bound_contextvars(request_id="req-2"):
            await rules.delete_rule(conn, rule)
        assert await marked() == [(rule.id, "req-2")]
