"""The directories of all domains that have one: who is asked for before a copy is read.

Each call asks the domain's directory and writes what it says, then returns; whoever called reads PostgreSQL as for any
other user. For whom no directory keeps, nothing is asked. A directory that does not answer is Unavailable (503): then
nothing was written, and nobody gets a token by what was known before. No database connection is held meanwhile.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec
from multidict import MultiMapping

from identity.credentials.vault import Vault
from identity.directories import copies
from identity.directories.directory import Directory, FoundUser
from identity.directories.options import DirectoryOptions
from identity.domain_configs.store import find_version, hold_version, read_config
from identity.revocations.feed import RightsFeed
from runtime.database import Connection, Database

Write = Callable[[Connection], Awaitable[bool]]


class Directories:
    """`timeout_s` bounds each question to a directory."""

    def __init__(self, database: Database, vault: Vault, feed: RightsFeed, *, timeout_s: float) -> None:
        self._database = database
        self._vault = vault
        self._feed = feed
        self._timeout_s = timeout_s
        self._open: dict[str, Directory] = {}

    def close(self) -> None:
        for directory in self._open.values():
            directory.close()

    async def of(self, domain_id: str) -> Directory | None:
        """The directory of the domain, as it is configured now; None for a domain of our own."""
        async with self._database.connection() as connection:
            version = await find_version(connection, domain_id)
            known = self._open.get(domain_id)
            if version is None or (known and known.version == version):
                return known if version else None
            config = await read_config(connection, self._vault, domain_id)
        known = self._open.get(domain_id)
        if known and known.version >= version:
            return known  # another request was faster, and somebody may be asking it already
        options = msgspec.convert(config.get("ldap", {}), DirectoryOptions, strict=False)
        self._forget(domain_id)
        self._open[domain_id] = directory = Directory(domain_id, version, options, self._timeout_s)
        return directory

    def _forget(self, domain_id: str) -> None:
        if (directory := self._open.pop(domain_id, None)) is not None:
            directory.close()

    async def refresh_user(self, user_id: str) -> None:
        """The user, and the groups of the directory that they are in."""
        async with self._database.connection() as connection:
            copy = await copies.find_user_copy(connection, user_id)
        directory = copy and await self.of(copy["domain_id"])
        if not directory:
            return
        user = await directory.find_user(copy["local_id"])
        if user is None:
            await self.write_users(directory, [], [user_id])
        else:
            await self._write_user(directory, user)

    async def refresh_named(self, directory: Directory, name: str) -> str | None:
        """The id of the user whom the directory knows by that name; None when there is none, or several."""
        user = await directory.find_user_named(name)
        if user is None:
            return None
        await self._write_user(directory, user)
        return user.copy.id

    async def refresh_users(self, domain_id: str, query: MultiMapping[str]) -> list[str] | None:
        """The ids of the domain's users, at least of those that the query means; None for a domain of our own."""
        directory = await self.of(domain_id)
        if directory is None:
            return None
        found = [user.copy for user in await directory.list_users(query)]
        await self.write_users(directory, found)
        return [user.id for user in found]

    async def refresh_groups(self, domain_id: str, query: MultiMapping[str]) -> list[str] | None:
        directory = await self.of(domain_id)
        if directory is None:
            return None
        found = [group.copy for group in await directory.list_groups(query)]
        await self._write_groups(directory, found)
        return [group.id for group in found]

    async def refresh_group(self, group_id: str, *, members: bool = False) -> None:
        """The group; with `members`, those who are in it too."""
        async with self._database.connection() as connection:
            copy = await copies.find_group_copy(connection, group_id)
        directory = copy and await self.of(copy["domain_id"])
        if not directory:
            return
        group = await directory.find_group(copy["local_id"], members=members)
        if group is None:
            await self._write(directory, lambda c: copies.lose_group(c, group_id))
            return
        await self._write_groups(directory, [group.copy])
        if members:
            found = [user.copy for user in await directory.members_of(group)]
            await self.write_users(directory, found)
            await self._write(directory, lambda c: copies.write_members(c, group_id, [user.id for user in found]))

    async def write_users(
        self, directory: Directory, found: Sequence[copies.UserCopy], gone: Sequence[str] = ()
    ) -> None:
        """What the directory says of some users; `gone` are ids of those whom it does not know any more."""
        await self._write(directory, lambda c: copies.write_users(c, directory.domain_id, found, gone))

    async def take_members(self, directory: Directory, group_id: str, users: Iterable[str]) -> None:
        await self._write(directory, lambda c: copies.take_members(c, group_id, users))

    async def verify(self, directory: Directory, user_id: str | None, password: str) -> bool:
        """Whether the directory lets the user in; of nobody it is asked too, and the answer is no."""
        user = None
        if user_id is not None:
            async with self._database.connection() as connection:
                copy = await copies.find_user_copy(connection, user_id)
            user = copy and await directory.find_user(copy["local_id"])
        return await directory.verify(user or None, password)

    async def _write_user(self, directory: Directory, user: FoundUser) -> None:
        groups = [group.copy for group in await directory.groups_of(user)]
        await self._write_groups(directory, groups)
        await self.write_users(directory, [user.copy])
        await self._write(directory, lambda c: copies.write_groups_of(c, user.copy.id, [group.id for group in groups]))

    async def _write_groups(self, directory: Directory, groups: Sequence[copies.GroupCopy]) -> None:
        if groups:
            await self._write(directory, lambda c: copies.write_groups(c, directory.domain_id, groups))

    async def _write(self, directory: Directory, write: Write) -> None:
        """One transaction; what it took away is known here when this returns, and to others within moments.

        It is no act of the request that asked, whose own transaction records what was done: so it has no context.
        """
        await asyncio.create_task(self._write_alone(directory, write), context=contextvars.Context())

    async def _write_alone(self, directory: Directory, write: Write) -> None:
        """The configuration is held last, as its change takes the lock on rights first, which `write` may take."""
        async with self._database.transaction() as connection:
            lost = await write(connection)
            await hold_version(connection, directory.domain_id, directory.version)
        if lost:
            await self._feed.publish()
