"""Users by name or by id, whoever keeps them, and whether a password is theirs: the seam between login and backends.

Whoever is kept elsewhere has a row in `identity.users` too, under an id made from what they are known by there, so
that assignments, credentials and trusts mean them like anybody else. `keeper` names who keeps them. Looking them up
here brings that row up to date first; no connection of the database is held meanwhile.
"""

import hashlib

from identity.passwords.hashing import Hasher
from identity.users import store
from runtime.database import Database


def public_id(domain_id: str, kind: str, local_id: str) -> str:
    """The id of a `user` or `group` that is kept elsewhere: 64 hexadecimal digits, the same for ever.

    Made as Keystone makes them, so that a domain that keeps its id keeps the ids of its users.
    Source: keystone.identity.id_generators.sha256.
    """
    return hashlib.sha256(f"{domain_id}{kind}{local_id}".encode()).hexdigest()


class Accounts:
    def __init__(self, database: Database, hasher: Hasher) -> None:
        self._database = database
        self._hasher = hasher

    async def find(self, user_id: str) -> store.Row | None:
        """The user as they are now; None for one that is not there, or no more."""
        async with self._database.connection() as connection:
            return await store.find_user(connection, user_id)

    async def find_named(self, domain_id: str, name: str) -> store.Row | None:
        """The user whom a domain knows by that name."""
        async with self._database.connection() as connection:
            return await store.find_user_by_name(connection, domain_id, name)

    async def verify(self, user: store.Row | None, password: str) -> bool:
        """Whether the password is that user's; of nobody it costs the same and is False."""
        return await self._hasher.verify(user["password_hash"] if user else None, password)
