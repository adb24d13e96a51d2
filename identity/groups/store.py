"""Groups and their members in PostgreSQL."""

import math
from pathlib import Path

from identity.domains.store import DOMAINS
from identity.nouns.table import Row, Table
from runtime.database import Connection, naming, queries
from runtime.errors import Conflict, NotFound
from runtime.web.listing import Attribute, Listing

sql = queries(Path(__file__).with_name("queries.sql"))


def _name_taken(row: Row) -> Conflict:
    return Conflict(
        "Conflict occurred attempting to store group - "
        f"Duplicate entry found with name {row['name']} at domain ID {row['domain_id']}."
    )


GROUPS = Table(
    name="identity.groups",
    noun="group",
    listing=Listing(
        "SELECT * FROM identity.groups",
        {
            "id": Attribute("id"),
            "name": Attribute("name"),
            "domain_id": Attribute("domain_id"),
            "description": Attribute("description"),
        },
    ),
    columns=("domain_id", "name", "description"),
    fixed=("domain_id",),
    there="present",
    refusals={"groups_name_once": _name_taken, "groups_domain": lambda row: DOMAINS.missing(row["domain_id"])},
)
fetch_group = GROUPS.fetch


class MemberNotFound(NotFound):
    def __init__(self, group_id: str, user_id: str) -> None:
        super().__init__(f"User {user_id[:64]} not found in group {group_id[:64]}.")


async def insert_member(connection: Connection, group_id: str, user_id: str) -> None:
    """Idempotent. Raises NotFound when group or user went away meanwhile."""
    gone = {f"memberships_{what}": lambda what=what: NotFound(f"Could not find {what}.") for what in ("group", "user")}
    with naming(gone):
        await sql.insert_member(connection, group_id=group_id, user_id=user_id)


async def is_member(connection: Connection, group_id: str, user_id: str) -> bool:
    return await sql.is_member(connection, group_id=group_id, user_id=user_id)


async def first_end(connection: Connection, user_id: str) -> float:
    """When the first of the user's memberships that expire does so, in seconds since the epoch; infinity without any."""
    moment = await sql.fetch_first_end(connection, user_id=user_id)
    return moment.timestamp() if moment else math.inf


async def delete_member(connection: Connection, group_id: str, user_id: str) -> None:
    """Raises MemberNotFound."""
    if await sql.delete_member(connection, group_id=group_id, user_id=user_id) is None:
        raise MemberNotFound(group_id, user_id)
