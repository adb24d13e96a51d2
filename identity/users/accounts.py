"""Users by name or by id, whoever keeps them, and whether a password is theirs: the seam between login and backends.

Whoever is kept elsewhere has a row in `identity.users` too, under an id made from what they are known by there, so
that assignments, credentials and trusts mean them like anybody else. `keeper` names who keeps them. Looking them up
here brings that row up to date first; no connection of the database is held meanwhile.
"""

import asyncio

from identity.directories.keeper import Directories
from identity.passwords.hashing import Hasher
from identity.users import store
from runtime.database import Database


class Accounts:
    def __init__(self, database: Database, hasher: Hasher, directories: Directories) -> None:
        self._database = database
        self._hasher = hasher
        self._directories = directories

    async def refresh(self, user_id: str) -> None:
        """The user's row says what whoever keeps them says now. Raises Unavailable when they do not answer."""
        await self._directories.refresh_user(user_id)

    async def find(self, user_id: str) -> store.Row | None:
        """The user as they are now; None for one that is not there, or no more. Raises Unavailable."""
        await self.refresh(user_id)
        async with self._database.connection() as connection:
            return await store.find_user(connection, user_id)

    async def find_named(self, domain_id: str, name: str) -> store.Row | None:
        """The user whom a domain knows by that name, as they are now. Raises Unavailable."""
        directory = await self._directories.of(domain_id)
        user_id = await self._directories.refresh_named(directory, name) if directory else None
        async with self._database.connection() as connection:
            if directory is None:
                return await store.find_user_by_name(connection, domain_id, name)
            return await store.find_user(connection, user_id) if user_id else None

    async def verify(self, user: store.Row | None, password: str, domain_id: str | None = None) -> bool:
        """Whether the password is that user's. Of nobody, in the domain that was named, it costs the same and is False.

        What is asked of a directory is hashed too, so that time does not tell whose domain has one. Raises Unavailable.
        """
        domain_id = user["domain_id"] if user else domain_id
        directory = await self._directories.of(domain_id) if domain_id else None
        if directory is None:
            return await self._hasher.verify(user["password_hash"] if user else None, password)
        asked = self._directories.verify(directory, user and user["id"], password)
        lets_in, _ = await asyncio.gather(asked, self._hasher.verify(None, password))
        return lets_in
