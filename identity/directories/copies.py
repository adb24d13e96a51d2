"""The copies of what directories said: rows of users, groups and memberships, so that assignments mean them.

What a directory says is written when it is asked, and takes away at once what it no longer says: whoever is disabled
or gone, or is out of a group, loses the tokens that this gave them, in the transaction that writes it.

Two answers may be written in another order than they were given. A newer one that took rights away can be undone by an
older one only until the next look at those who have tokens (`identity/directories/looks.py`), which takes them again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from identity.assignments.endings import subjects_of_group
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import user_subject
from identity.users.public_ids import public_id
from runtime.database import Connection, queries

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))


class UserCopy(Struct, frozen=True, kw_only=True):
    """`extra` holds the attributes that mean nothing here, a mail address say."""

    id: str
    local_id: str
    name: str
    enabled: bool
    default_project_id: str | None
    extra: dict[str, str]


class GroupCopy(Struct, frozen=True, kw_only=True):
    id: str
    local_id: str
    name: str
    description: str


def user_id(domain_id: str, local_id: str) -> str:
    return public_id(domain_id, "user", local_id)


def group_id(domain_id: str, local_id: str) -> str:
    return public_id(domain_id, "group", local_id)


async def find_user_copy(connection: Connection, id: str) -> Row | None:
    """(id, domain_id, local_id) of a user whom a directory keeps or kept."""
    return await sql.find_user_copy(connection, id=id)


async def find_group_copy(connection: Connection, id: str) -> Row | None:
    return await sql.find_group_copy(connection, id=id)


async def write_users(
    connection: Connection, domain_id: str, found: Sequence[UserCopy], gone: Sequence[str] = ()
) -> bool:
    """The users as they are, and the ids of those who are no more; whether anybody lost rights by it."""
    known = {row["id"]: row async for row in sql.select_user_copies(connection, ids=[*(u.id for u in found), *gone])}
    barred = {user.id for user in found if not user.enabled} | set(gone)
    lost = [id for id, row in known.items() if id in barred and row["enabled"] and row["present"]]
    if lost:
        await change_rights(connection)
    await sql.upsert_users(connection, domain_id=domain_id, found=to_builtins(found))
    if gone:
        await sql.lose_users(connection, ids=list(gone))
    if lost:
        await revoke(connection, map(user_subject, lost))
    return bool(lost)


async def write_groups(connection: Connection, domain_id: str, found: Sequence[GroupCopy]) -> bool:
    """False: nobody loses rights by what a group is called."""
    await sql.upsert_groups(connection, domain_id=domain_id, found=to_builtins(found))
    return False


async def lose_group(connection: Connection, id: str) -> bool:
    """A group that is no more; whether anybody lost rights by it."""
    lost = await write_members(connection, id, ())
    await sql.lose_groups(connection, ids=[id])
    return lost


async def write_groups_of(connection: Connection, user: str, groups: Iterable[str]) -> bool:
    """The user is in these groups of directories, and in no other; whether they lost rights by it."""
    present = {row["group_id"] async for row in sql.select_groups_of(connection, user_id=user)}
    wanted = set(groups)
    if added := wanted - present:
        await sql.insert_memberships(connection, group_ids=sorted(added), user_ids=[user])
    return await _take_out(connection, sorted(present - wanted), [user])


async def write_members(connection: Connection, group: str, users: Iterable[str]) -> bool:
    """The group has these members, and no others; whether anybody lost rights by it."""
    present = {row["user_id"] async for row in sql.select_members_of(connection, group_id=group)}
    wanted = set(users)
    if added := wanted - present:
        await sql.insert_memberships(connection, group_ids=[group], user_ids=sorted(added))
    return await _take_out(connection, [group], sorted(present - wanted))


async def take_members(connection: Connection, group: str, users: Iterable[str]) -> bool:
    """These users are no members; whether anybody lost rights by it."""
    present = {row["user_id"] async for row in sql.select_members_of(connection, group_id=group)}
    return await _take_out(connection, [group], sorted(present.intersection(users)))


async def _take_out(connection: Connection, groups: Sequence[str], users: Sequence[str]) -> bool:
    if not groups or not users:
        return False
    await change_rights(connection)
    ended = [
        subject for group in groups for user in users for subject in await subjects_of_group(connection, group, user)
    ]
    await sql.delete_memberships(connection, group_ids=list(groups), user_ids=list(users))
    if ended:
        await revoke(connection, ended)
    return bool(ended)


async def forget_copies(connection: Connection, domain_id: str) -> None:
    """Nobody of the domain is there until the directory, or another, says so again; their assignments stay."""
    await sql.forget_memberships(connection, domain_id=domain_id)
    await sql.forget_users(connection, domain_id=domain_id)
    await sql.forget_groups(connection, domain_id=domain_id)


async def extend_tokens(connection: Connection, user_ids: Iterable[str], until: datetime) -> None:
    """Those of the users whom a directory keeps are looked at until then."""
    await sql.extend_tokens(connection, user_ids=list(user_ids), until=until)


async def claim_looks(connection: Connection, period_s: float) -> list[Row]:
    """(domain_id, asked_at) of the directories that no process has looked at for so long; this one does."""
    return [row async for row in sql.claim_looks(connection, period_s=float(period_s))]


async def mark_answered(connection: Connection, domain_id: str, asked_at: datetime) -> None:
    await sql.mark_answered(connection, domain_id=domain_id, asked_at=asked_at)


async def select_users_with_tokens(connection: Connection, domain_id: str) -> list[Row]:
    return [row async for row in sql.select_users_with_tokens(connection, domain_id=domain_id)]


async def select_groups_that_matter(connection: Connection, domain_id: str) -> list[Row]:
    """(id, local_id, user_ids) of those that have a role somewhere, with the members who have tokens."""
    return [row async for row in sql.select_groups_that_matter(connection, domain_id=domain_id)]
