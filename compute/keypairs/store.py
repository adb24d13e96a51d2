"""Keypairs in PostgreSQL. Every statement names the user: a key belongs to a person, not to a project."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg

from compute.keypairs.keys import fingerprint
from compute.quotas.defaults import KEY_PAIRS
from compute.quotas.problems import QuotaExceeded
from runtime.database import Connection, naming, queries
from runtime.errors import Conflict, NotFound
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    select="SELECT keypair.* FROM compute.keypairs AS keypair",
    attributes={"name": Attribute("keypair.name")},
    key="name",
)


class KeypairNotFound(NotFound):
    def __init__(self, name: str, user_id: str) -> None:
        super().__init__(f"Keypair {name[:255]} not found for user {user_id}")


class KeypairExists(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"Key pair '{name}' already exists.")


async def insert(conn: Connection, user_id: str, name: str, public_key: str) -> asyncpg.Record:
    """Raises KeypairExists, and QuotaExceeded when the user holds KEY_PAIRS already."""
    await SQL.wait_for_turn(conn, user_id=user_id)
    if await SQL.count(conn, user_id=user_id) >= KEY_PAIRS:
        raise QuotaExceeded("Quota exceeded, too many key pairs.")
    with naming({"keypairs_name_unique": lambda: KeypairExists(name)}):
        return await SQL.insert(
            conn,
            user_id=user_id,
            name=name,
            kind="ssh",
            public_key=public_key,
            fingerprint=fingerprint(public_key),
        )


async def fetch(conn: Connection, user_id: str, name: str) -> asyncpg.Record:
    keypair = await SQL.find(conn, user_id=user_id, name=name)
    if keypair is None:
        raise KeypairNotFound(name, user_id)
    return keypair


async def select(conn: Connection, page: Page, user_id: str) -> Sequence[asyncpg.Record]:
    """A page of a user's keypairs in the order of their names, which are unique for the user alone."""
    where = Where()
    where.add("keypair.user_id = {}", user_id)
    if page.marker is not None:
        where.add("keypair.name > {}", page.marker)
        page = replace(page, marker=None)
    sql, values = compile_listing(LISTING, page, where)
    return await conn.fetch(sql, *values)


async def delete(conn: Connection, user_id: str, name: str) -> None:
    if await SQL.delete(conn, user_id=user_id, name=name) is None:
        raise KeypairNotFound(name, user_id)
