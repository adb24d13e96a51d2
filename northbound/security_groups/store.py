"""Security groups in PostgreSQL, and what ports need to know of them.

A project's default group is made (`ensure_default`) by its first network, port or group, and when it looks at its own
groups for the first time. It is the caller's own project alone, which exists: asking for the groups of any other one
leaves nothing behind.
"""

import uuid
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from northbound.default_security_group_rules.noun import first_rules
from northbound.quotas import store as quotas
from northbound.security_group_rules import store as rules_store
from northbound.security_groups.group import (
    DEFAULT_NAME,
    Group,
    SecurityGroupConflict,
    SecurityGroupInUse,
    SecurityGroupNotFound,
)
from northbound.security_groups.sharing import KIND, VISIBLE, shared_to
from northbound.translation import marks
from runtime.database import Connection, Select, naming, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")
RESOURCE = "security_group"

ATTRIBUTES = {
    "id": Attribute("g.id", "uuid"),
    "name": Attribute("g.name"),
    "description": Attribute("g.description"),
    "project_id": Attribute("g.project_id"),
    "tenant_id": Attribute("g.project_id"),
    "stateful": Attribute("g.stateful", "bool"),
    "revision_number": Attribute("g.revision_number", "int"),
    "created_at": Attribute("g.created_at", "time"),
    "updated_at": Attribute("g.updated_at", "time"),
}


def listing_for(viewer: str | None) -> Listing:
    """`viewer` is the place of the project that looks, such as `$1`; None: nobody's in particular."""
    shared = shared_to(viewer)
    return Listing(
        select=f"SELECT g.*, {shared} AS shared FROM northbound.security_groups g",
        attributes=ATTRIBUTES | {"shared": Attribute(shared, "bool")},
    )


LISTING = listing_for(None)
TAGS_SQL = "g.tags"


async def ensure_default(conn: Connection, project_id: str) -> str:
    """The id of the project's default group, made now unless it is there; two at once make one group.

    It counts as one of the project's groups, but no limit keeps a project from having it.
    """
    found = await SQL.find_default(conn, project_id=project_id)
    return found or await _insert_default(conn, project_id)


def select_defaults(project_ids: Collection[str]) -> Select:
    """`project_id` and `id` of the default groups of those of the projects that have one."""
    groups = "SELECT g.project_id, g.id FROM northbound.security_groups g"
    return f"{groups} WHERE g.project_id = ANY($1::text[]) AND g.is_default", [list(project_ids)]


async def has_default(conn: Connection, project_id: str) -> bool:
    return await SQL.find_default(conn, project_id=project_id) is not None


async def _insert_default(conn: Connection, project_id: str) -> str:
    group_id = await SQL.insert_default(
        conn, id=str(uuid.uuid4()), project_id=project_id, name=DEFAULT_NAME, description="Default security group"
    )
    if group_id is None:
        return await SQL.find_default(conn, project_id=project_id)
    await rules_store.insert_rules(
        conn,
        await first_rules(conn, group_id, project_id, default=True),
        limited=False,
    )
    await quotas.count(conn, project_id, RESOURCE)
    await marks.mark(conn, KIND, group_id)
    return group_id


async def insert_group(conn: Connection, group: Group) -> None:
    """Adds the group with the rules every group starts with; the project's default group exists afterwards too.

    Raises OverQuota.
    """
    await ensure_default(conn, group.project_id)
    await SQL.insert_group(
        conn,
        id=group.id,
        project_id=group.project_id,
        name=group.name,
        description=group.description,
        stateful=group.stateful,
    )
    await rules_store.insert_rules(conn, await first_rules(conn, group.id, group.project_id, default=False))
    await quotas.take(conn, group.project_id, RESOURCE)
    await marks.mark(conn, KIND, group.id)


async def check_usable(conn: Connection, group_ids: Sequence[str], reach: str | None) -> None:
    """Passes when `reach` (see `Caller.reach`) may put a port into each of the groups, and keeps them from being
    deleted until the transaction ends; else raises SecurityGroupNotFound for the first it may not see."""
    usable = await usable_groups(conn, group_ids, reach)
    for group_id in group_ids:
        if group_id not in usable:
            raise SecurityGroupNotFound(group_id)


async def check_alike(conn: Connection, group_ids: Sequence[str]) -> None:
    """Passes when a port may be in all of the groups: connections are tracked for all or for none of its packets."""
    if len(group_ids) > 1 and await SQL.are_mixed(conn, ids=list(group_ids)):
        raise SecurityGroupConflict


async def usable_groups(conn: Connection, group_ids: Sequence[str], reach: str | None) -> dict[str, str]:
    """The projects of those of the groups that `reach` may put a port into, by group; none of them is deleted until
    the transaction ends."""
    kept = {row["id"]: row["project_id"] async for row in SQL.keep_groups(conn, ids=list(group_ids))}
    foreign = {group_id for group_id, project_id in kept.items() if reach not in (None, project_id)}
    if foreign:
        granted = {row["object_id"] async for row in SQL.select_granted(conn, ids=list(foreign), project_id=reach)}
        return {group_id: owner for group_id, owner in kept.items() if group_id not in foreign - granted}
    return kept


async def fetch_group(conn: Connection, group_id: str, reach: str | None) -> Group:
    """The group with its rules if `reach` may see it; else raises SecurityGroupNotFound."""
    where = Where()
    where.add("g.id = {}", group_id)
    found = await list_groups(conn, Page(), where, reach)
    if not found:
        raise SecurityGroupNotFound(group_id)
    return found[0]


async def lock_group(conn: Connection, group_id: str) -> None:
    """Keeps others from changing the group, its rules or its members until the transaction ends."""
    if await SQL.lock_group(conn, id=group_id) is None:
        raise SecurityGroupNotFound(group_id)


async def list_groups(conn: Connection, page: Page, where: Where, reach: str | None) -> list[Group]:
    listing = LISTING
    if reach is not None:
        where.add(VISIBLE, reach)
        listing = listing_for(where.bind(reach))
    sql, values = compile_listing(listing, page, where)
    return await _with_rules(conn, [dict(row) for row in await conn.fetch(sql, *values)])


async def read_groups(conn: Connection, group_ids: Sequence[str]) -> list[Group]:
    """Those of the ids that exist, with their rules, in no order."""
    sql, values = select_groups(group_ids)
    return await _with_rules(conn, [dict(row) for row in await conn.fetch(sql, *values)])


def select_groups(group_ids: Sequence[str]) -> Select:
    """Rows of groups without their rules."""
    return f"{LISTING.select} WHERE g.id = ANY($1::uuid[])", [list(group_ids)]


async def _with_rules(conn: Connection, rows: Sequence[dict]) -> list[Group]:
    rules = await rules_store.rules_of_groups(conn, [row["id"] for row in rows])
    return [msgspec.convert({**row, "rules": rules[row["id"]]}, Group) for row in rows]


async def update_group(conn: Connection, before: Group, after: Group) -> None:
    """Writes name, description and statefulness; the caller holds the lock since it read `before`.

    Raises SecurityGroupInUse when statefulness changes under a port.
    """
    if before.stateful != after.stateful:
        if await SQL.is_used(conn, id=after.id):
            raise SecurityGroupInUse(after.id, "cannot be updated (stateful) as it is in use")
        await marks.mark(conn, KIND, after.id)
    await SQL.update_group(conn, id=after.id, name=after.name, description=after.description, stateful=after.stateful)


async def rule_went(conn: Connection, group_id: str) -> None:
    """Raises the revision of the group and marks it: of a rule that is gone, its group says whom that concerns."""
    await SQL.touch_groups(conn, ids=[group_id])
    await marks.mark(conn, KIND, group_id)


async def delete_group(conn: Connection, group: Group) -> None:
    """Removes the group, its rules, and the rules of other groups that name it.

    Raises SecurityGroupInUse while a port is a member. A default group comes back when its project needs it.
    """
    if await SQL.is_used(conn, id=group.id):
        raise SecurityGroupInUse(group.id)
    others = await rules_store.delete_rules_about(conn, group.id) - {group.id}
    with naming({"port_security_groups_group": lambda: SecurityGroupInUse(group.id)}):
        await SQL.delete_group(conn, id=group.id)
    await quotas.give_back(conn, group.project_id, RESOURCE)
    await SQL.touch_groups(conn, ids=sorted(others))
    await marks.mark(conn, KIND, group.id, *sorted(others))
