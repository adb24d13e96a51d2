"""The directory of one domain: its users and groups, and whether a password is somebody's.

Whatever goes wrong in between is one thing to whoever asks: the directory does not answer (Unavailable, 503).
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

import structlog
from multidict import MultiMapping
from sansldap import LDAPFilter, LDAPResultCode, SearchScope

from identity.directories import filters
from identity.directories.connection import LdapConnection, Refused
from identity.directories.copies import GroupCopy, UserCopy
from identity.directories.entries import Entry, parse_group, parse_members, parse_user
from identity.directories.names import parse_name, value_of
from identity.directories.options import DirectoryOptions
from identity.directories.pool import FAILURES, Pool
from runtime.errors import BadRequest, Unavailable

log = structlog.get_logger()
T = TypeVar("T")
MOST_ENTRIES = 10_000
MOST_MEMBERS = 1_000
IDS_AT_A_TIME = 100
SCOPES = {"one": SearchScope.ONE_LEVEL, "sub": SearchScope.SUBTREE}
WRONG_PASSWORD = frozenset(
    {
        LDAPResultCode.INVALID_CREDENTIALS,
        LDAPResultCode.INAPPROPRIATE_AUTHENTICATION,
        LDAPResultCode.NO_SUCH_OBJECT,
        LDAPResultCode.INVALID_DN_SYNTAX,
        LDAPResultCode.UNWILLING_TO_PERFORM,
        LDAPResultCode.CONSTRAINT_VIOLATION,
        LDAPResultCode.INSUFFICIENT_ACCESS_RIGHTS,
    }
)
"""Answers to a bind that are about who binds: the others say that the directory is not well."""


class FoundUser(NamedTuple):
    dn: str
    copy: UserCopy


class FoundGroup(NamedTuple):
    """`members` as the directory has them: names of entries, or ids; None when it shows only some of them."""

    copy: GroupCopy
    members: tuple[str, ...] | None


Found = TypeVar("Found", FoundUser, FoundGroup)


class Directory:
    """An id that several entries have is nobody's: lists leave them out, as nobody is found by it.

    `version` is that of the configuration which holds the options."""

    def __init__(self, domain_id: str, version: int, options: DirectoryOptions, timeout_s: float) -> None:
        self.domain_id = domain_id
        self.version = version
        self.options = options
        self._pool = Pool(options, timeout_s)
        self._scope = SCOPES[options.query_scope]

    def close(self) -> None:
        self._pool.close()

    async def find_user(self, local_id: str) -> FoundUser | None:
        return _only(await self._all_users(filters.equals(self.options.user_id_attribute, local_id)))

    async def find_user_named(self, name: str) -> FoundUser | None:
        """None as well when several are called so: nobody signs in by a name that is not one person's."""
        return _only(await self._all_users(filters.equals(self.options.user_name_attribute, name)))

    async def find_users(self, local_ids: Sequence[str]) -> list[FoundUser]:
        """Those of them that are there."""
        conditions = [filters.one_of(self.options.user_id_attribute, part) for part in _parts(local_ids)]
        found = [user for condition in conditions for user in await self._all_users(condition)]
        return _unambiguous({user.dn: user for user in found}.values())

    async def list_users(self, query: MultiMapping[str]) -> list[FoundUser]:
        """Raises BadRequest for more than a list is made from."""
        return _unambiguous(await self._all_users(*filters.named(self.options.user_name_attribute, query)))

    async def find_group(self, local_id: str, *, members: bool = True) -> FoundGroup | None:
        condition = filters.equals(self.options.group_id_attribute, local_id)
        return _only(await self._all_groups(condition, members=members))

    async def list_groups(self, query: MultiMapping[str]) -> list[FoundGroup]:
        conditions = filters.named(self.options.group_name_attribute, query)
        return _unambiguous(await self._all_groups(*conditions, members=False))

    async def groups_of(self, user: FoundUser) -> list[FoundGroup]:
        return _unambiguous(await self._all_groups(self._has(user), members=False))

    def _has(self, user: FoundUser) -> LDAPFilter:
        """The groups that the user is in."""
        member = user.copy.local_id if self.options.group_members_are_ids else user.dn
        return filters.equals(self.options.group_member_attribute, member)

    async def outsiders(self, local_id: str, users: Sequence[FoundUser]) -> AsyncIterator[Sequence[FoundUser]]:
        """Those of the users who are not in the group, part by part; all of them when there is no such group.

        However large a group is, its members are not read: the directory is asked for the group that has all of the
        users, and only when there is none, for the one that has each half of them.
        """
        if await self.find_group(local_id, members=False) is None:
            yield users
            return
        for part in _parts(users):
            yield await self._outsiders(local_id, part)

    async def _outsiders(self, local_id: str, users: Sequence[FoundUser]) -> Sequence[FoundUser]:
        condition = filters.equals(self.options.group_id_attribute, local_id)
        if await self._all_groups(condition, *map(self._has, users), members=False):
            return []
        if len(users) == 1:
            return users
        middle = len(users) // 2
        return [
            *await self._outsiders(local_id, users[:middle]),
            *await self._outsiders(local_id, users[middle:]),
        ]

    async def members_of(self, group: FoundGroup) -> list[FoundUser]:
        """The members that are users here; groups in groups are not looked into. Raises BadRequest for too many."""
        if group.members is None or len(group.members) > MOST_MEMBERS:
            raise BadRequest(f"Group {group.copy.id} has more than {MOST_MEMBERS} members, too many to be shown.")
        if self.options.group_members_are_ids:
            return await self.find_users(group.members)
        ids = [await self._id_of(member) for member in group.members]
        names = frozenset(map(parse_name, group.members))
        users = await self.find_users([local_id for local_id in ids if local_id])
        return [user for user in users if parse_name(user.dn) in names]

    async def _id_of(self, dn: str) -> str | None:
        """What the entry of that name is known by: its name says it, or it is asked."""
        if (local_id := value_of(parse_name(dn), self.options.user_id_attribute)) is not None:
            return local_id
        entries = await self._search(dn, SearchScope.BASE, filters.users(self.options), self._user_attributes())
        return next((entry.text(self.options.user_id_attribute) for entry in entries), None)

    async def verify(self, user: FoundUser | None, password: str) -> bool:
        """Whether the directory lets the user in by the password. Nobody is asked for too, as somebody is not there."""
        if not password:
            return False
        name = user.dn if user else f"{self.options.user_id_attribute}=nobody-of-that-name,{self.options.user_base}"
        async with self._asked(fresh=True) as connection:
            try:
                await connection.bind(name, password)
            except Refused as refusal:
                if refusal.code not in WRONG_PASSWORD:
                    raise
                return False
        return user is not None

    async def _all_users(self, *conditions: LDAPFilter) -> list[FoundUser]:
        condition = filters.users(self.options, *conditions)
        entries = await self._search(self.options.user_base, self._scope, condition, self._user_attributes())
        return [user for user in map(self._user, entries) if user is not None]

    def _user(self, entry: Entry) -> FoundUser | None:
        copy = parse_user(self.domain_id, self.options, entry)
        return copy and FoundUser(entry.dn, copy)

    async def _all_groups(self, *conditions: LDAPFilter, members: bool = True) -> list[FoundGroup]:
        options = self.options
        attributes = [options.group_id_attribute, options.group_name_attribute, options.group_desc_attribute]
        attributes += [options.group_member_attribute] if members else []
        condition = filters.groups(options, *conditions)
        found: list[FoundGroup] = []
        for entry in await self._search(options.group_base, self._scope, condition, attributes):
            copy = parse_group(self.domain_id, options, entry)
            if copy is not None:
                found.append(FoundGroup(copy, parse_members(options, entry)))
        return found

    def _user_attributes(self) -> list[str]:
        options = self.options
        names = [
            options.user_id_attribute,
            options.user_name_attribute,
            options.user_mail_attribute,
            options.user_description_attribute,
            options.user_enabled_attribute,
            options.user_default_project_id_attribute,
        ]
        return [name for name in names if name]

    async def _search(
        self, base: str, scope: SearchScope, condition: LDAPFilter, attributes: Sequence[str]
    ) -> list[Entry]:
        async with self._asked() as connection:
            found, is_cut = await connection.search(
                base,
                scope,
                condition,
                attributes,
                most=MOST_ENTRIES,
                page_size=self.options.page_size,
            )
        if is_cut:
            raise BadRequest(f"The directory has more than {MOST_ENTRIES} of them, or than it shows: narrow by name.")
        return found

    @asynccontextmanager
    async def _asked(self, *, fresh: bool = False) -> AsyncIterator[LdapConnection]:
        try:
            async with self._pool.connection(fresh=fresh) as connection:
                yield connection
        except FAILURES as error:
            reason = str(error) or type(error).__name__
            log.warning("a directory does not answer", domain_id=self.domain_id, reason=reason[:300])
            raise Unavailable(f"The directory of domain {self.domain_id} does not answer; try again later.") from error


def _only(found: Sequence[T]) -> T | None:
    return found[0] if len(found) == 1 else None


def _unambiguous(found: Collection[Found]) -> list[Found]:
    """Those whose id no other of them has."""
    times = Counter(each.copy.id for each in found)
    return [each for each in found if times[each.copy.id] == 1]


def _parts(all_of_them: Sequence[T]) -> list[Sequence[T]]:
    return [all_of_them[start : start + IDS_AT_A_TIME] for start in range(0, len(all_of_them), IDS_AT_A_TIME)]
