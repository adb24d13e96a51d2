"""The account of somebody whom a mapping describes: made at the first login, brought up to date at each.

What a mapping gives beyond the token (roles on projects, groups of a provider with an authorization_ttl) is exactly what
it gave at the last login: what it gives no longer is taken back, and tokens that hold it end. One login of an account
runs at a time. A process that dies in between leaves an account that is behind, and no token: the next login goes on
from there.
"""

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from identity.assignments.endings import subjects_of_group
from identity.domains.store import find_domain_by_name
from identity.federation.mappings.evaluation import DomainRef, GroupRef, Mapped, MappedProject, MappedUser
from identity.federation.sign_in.arrangement import KEEPER, Arrangement, find_arrangement, sql
from identity.projects.store import find_project_by_name, insert_project
from identity.revocations.store import change_rights, hold_rights, revoke
from identity.tokens.claims import ProjectScope, grant_subject
from identity.tokens.refusals import LoginRefused
from identity.users.accounts import Accounts
from identity.users.store import Row
from runtime.database import Connection, Database, naming
from runtime.errors import BadRequest

LONGEST_NAME = 255
LONGEST_PROJECT_NAME = 64


class Account(NamedTuple):
    """Who it is here, and the groups that their token carries; `own` is false for a user who was here before.
    `has_lost_rights` says that some were revoked."""

    user_id: str
    group_ids: tuple[str, ...]
    own: bool
    has_lost_rights: bool = False


async def find_local_account(accounts: Accounts, database: Database, mapped: MappedUser) -> Account:
    """That of a user who is here without the provider, never of one whom a mapping made; it gets nothing of the mapping.

    Raises LoginRefused.
    """
    if mapped.id is not None:
        user = await accounts.find(mapped.id)
    else:
        async with database.connection() as connection:
            domain_id = await _domain_id(connection, mapped.domain, "")
        user = await accounts.find_named(domain_id, mapped.name or "")
    if user is None or user["keeper"] == KEEPER or mapped.name not in (None, user["name"]):
        raise LoginRefused("the mapping names a local user who is not there")
    return Account(user["id"], (), own=False)


class Place(NamedTuple):
    """Where a mapping gives roles; `project_id` is None for a project that is still to be made."""

    domain_id: str
    name: str
    project_id: str | None
    role_ids: frozenset[str]


async def settle_account(connection: Connection, arrangement: Arrangement, mapped: Mapped) -> Account:
    """Of a user whom the provider alone knows. Runs in a transaction of its own.

    Raises LoginRefused for a domain or role that is not there, and when the arrangement is no longer that one.
    """
    unique_id = mapped.user.id or mapped.user.name or ""
    name = mapped.user.name or unique_id
    if not name.strip() or max(len(name), len(unique_id)) > LONGEST_NAME:
        raise LoginRefused(f"the mapping makes no name of 1 to {LONGEST_NAME} characters")
    key = (arrangement.idp_id, arrangement.protocol_id, unique_id)
    await sql.hold_login(connection, key="/".join(key))
    account = await sql.find_account(connection, idp_id=key[0], protocol_id=key[1], unique_id=key[2])
    group_ids = await _groups(connection, mapped)
    places = [await _place(connection, arrangement, project) for project in mapped.projects]
    lasting = group_ids if arrangement.authorization_ttl else ()
    has_lost = account is not None and await _take_back(connection, account["id"], places, lasting)
    await _hold_agreement(connection, arrangement)
    user_id = await _keep_account(connection, arrangement, account, key, name, mapped.user)
    for place in places:
        await _give(connection, user_id, place)
    if lasting:
        await sql.renew_memberships(
            connection, user_id=user_id, group_ids=list(lasting), minutes=arrangement.authorization_ttl
        )
    return Account(user_id, group_ids, own=True, has_lost_rights=has_lost)


async def _hold_agreement(connection: Connection, arrangement: Arrangement) -> None:
    """The mapping, by which everything is given, stays as it was read to the end of the transaction; raises LoginRefused
    when it has changed since. After `_take_back`, which may want the lock alone: two logins that held it shared before
    would wait for each other."""
    await hold_rights(connection)
    if await find_arrangement(connection, arrangement.idp_id, arrangement.protocol_id) != arrangement:
        raise LoginRefused("what was agreed with the provider changed meanwhile")


async def _keep_account(
    connection: Connection,
    arrangement: Arrangement,
    account: Row | None,
    key: tuple[str, str, str],
    name: str,
    mapped: MappedUser,
) -> str:
    """The id of the account, which has the name and address that the provider gives now."""
    email: dict[str, Any] = {"email": mapped.email} if mapped.email else {}
    if account is not None:
        await sql.update_account(connection, id=account["id"], name=name, extra={**account["extra"], **email})
        return account["id"]
    user_id = uuid.uuid4().hex
    domain_id = await _domain_id(connection, mapped.domain, arrangement.domain_id)
    with naming({"users_domain": _domain_missing}):
        await sql.insert_account(
            connection, id=user_id, domain_id=domain_id, name=name, extra=email, keeper=KEEPER, local_id=key[2]
        )
    await sql.insert_link(connection, user_id=user_id, idp_id=key[0], protocol_id=key[1], unique_id=key[2])
    return user_id


async def _groups(connection: Connection, mapped: Mapped) -> tuple[str, ...]:
    """The ids of those groups that there are, in a stable order."""
    found = {row["id"] async for row in sql.select_groups(connection, ids=list(mapped.group_ids))}
    for ref in mapped.groups:
        if (group_id := await _group_named(connection, ref)) is not None:
            found.add(group_id)
    return tuple(sorted(found))


async def _group_named(connection: Connection, ref: GroupRef) -> str | None:
    domain_id = ref.domain.id
    if domain_id is None:
        domain = await find_domain_by_name(connection, ref.domain.name or "")
        domain_id = domain and domain["id"]
    return await sql.find_group(connection, domain_id=domain_id, name=ref.name)


async def _domain_id(connection: Connection, ref: DomainRef | None, default: str) -> str:
    """By id it is taken as it stands: what refers to it proves it."""
    if ref is None or ref.id is not None:
        return ref.id if ref is not None and ref.id is not None else default
    domain = await find_domain_by_name(connection, ref.name or "")
    if domain is None:
        raise _domain_missing()
    return domain["id"]


def _domain_missing() -> LoginRefused:
    return LoginRefused("the mapping names a domain that is not there")


async def _place(connection: Connection, arrangement: Arrangement, project: MappedProject) -> Place:
    domain_id = await _domain_id(connection, project.domain, arrangement.domain_id)
    if not project.name.strip() or len(project.name) > LONGEST_PROJECT_NAME:
        raise LoginRefused(f"the mapping makes no name of a project of 1 to {LONGEST_PROJECT_NAME} characters")
    role_ids = [await sql.find_role(connection, name=name, domain_id=domain_id) for name in project.roles]
    if None in role_ids:
        raise LoginRefused("the mapping names a role that is not there")
    found = await find_project_by_name(connection, domain_id, project.name)
    return Place(domain_id, project.name, found and found["id"], frozenset(role_ids))


async def _take_back(connection: Connection, user_id: str, places: list[Place], lasting: Collection[str]) -> bool:
    """Ends roles and memberships that the mapping gave once and gives no longer; says whether there were any."""
    kept = {(place.project_id, role_id) for place in places for role_id in place.role_ids}
    lost = [
        row
        async for row in sql.select_granted(connection, user_id=user_id)
        if (row["project_id"], row["role_id"]) not in kept
    ]
    left = [
        row["group_id"]
        async for row in sql.select_stale_memberships(connection, user_id=user_id, group_ids=list(lasting))
    ]
    if not lost and not left:
        return False
    await change_rights(connection)
    ended = [grant_subject(user_id, ProjectScope(row["project_id"], row["domain_id"])) for row in lost]
    for row in lost:
        await sql.delete_grant(connection, user_id=user_id, project_id=row["project_id"], role_id=row["role_id"])
    for group_id in left:
        ended += await subjects_of_group(connection, group_id, user_id)
        await sql.delete_membership(connection, user_id=user_id, group_id=group_id)
    await revoke(connection, ended)
    return True


async def _give(connection: Connection, user_id: str, place: Place) -> None:
    project_id = place.project_id
    if project_id is None:
        await sql.hold_login(connection, key=f"project/{place.domain_id}/{place.name}")
        found = await find_project_by_name(connection, place.domain_id, place.name)
        draft = {"name": place.name, "domain_id": place.domain_id, "description": ""}
        try:
            project_id = (found or await insert_project(connection, draft, {}))["id"]
        except BadRequest as error:
            raise _domain_missing() from error
    for role_id in sorted(place.role_ids):
        await sql.insert_grant(connection, user_id=user_id, project_id=project_id, role_id=role_id)
