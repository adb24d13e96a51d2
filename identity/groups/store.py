"""Groups and their members in PostgreSQL."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.bodies import merge_extra
from identity.domains.store import DomainNotFound
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.groups",
    {
        "id": Attribute("id"),
        "name": Attribute("name"),
        "domain_id": Attribute("domain_id"),
        "description": Attribute("description"),
    },
)


class GroupNotFound(NotFound):
    def __init__(self, group_id: str) -> None:
        super().__init__(f"Could not find group: {group_id[:64]}.")


class MemberNotFound(NotFound):
    def __init__(self, group_id: str, user_id: str) -> None:
        super().__init__(f"User {user_id[:64]} not found in group {group_id[:64]}.")


def _name_taken(name: str, domain_id: str) -> Conflict:
    return Conflict(
        "Conflict occurred attempting to store group - "
        f"Duplicate entry found with name {name} at domain ID {domain_id}."
    )


async def insert_group(connection: Connection, draft: Row, extra: Row) -> Row:
    """`draft` names its domain."""
    refusals = {
        "groups_name_once": lambda: _name_taken(draft["name"], draft["domain_id"]),
        "groups_domain": lambda: DomainNotFound(draft["domain_id"]),
    }
    with naming(refusals):
        return await sql.insert_group(
            connection,
            id=uuid.uuid4().hex,
            domain_id=draft["domain_id"],
            name=draft["name"],
            description=draft["description"] or "",
            extra=extra,
        )


async def fetch_group(connection: Connection, group_id: str) -> Row:
    """Raises GroupNotFound."""
    if (row := await sql.find_group(connection, id=group_id)) is None:
        raise GroupNotFound(group_id)
    return row


async def update_group(connection: Connection, group_id: str, changes: Row, extra: Row) -> Row:
    """The row after the change. Raises BadRequest for a move to another domain."""
    row = await sql.lock_group(connection, id=group_id)
    if row is None:
        raise GroupNotFound(group_id)
    if changes.get("domain_id", row["domain_id"]) != row["domain_id"]:
        raise BadRequest("Invalid input for group.domain_id: it cannot be changed.")
    values = {**row, **changes}
    with naming({"groups_name_once": lambda: _name_taken(values["name"], row["domain_id"])}):
        return await sql.update_group(
            connection,
            id=group_id,
            name=values["name"],
            description=values["description"] or "",
            extra=merge_extra(row["extra"], extra),
        )


async def delete_group(connection: Connection, group_id: str) -> None:
    """Deletes the group with its memberships and every assignment to it."""
    if await sql.lock_group(connection, id=group_id) is None:
        raise GroupNotFound(group_id)
    await sql.delete_group(connection, id=group_id)


async def insert_member(connection: Connection, group_id: str, user_id: str) -> None:
    """Idempotent. Raises NotFound when group or user went away meanwhile."""
    gone = {f"memberships_{what}": lambda what=what: NotFound(f"Could not find {what}.") for what in ("group", "user")}
    with naming(gone):
        await sql.insert_member(connection, group_id=group_id, user_id=user_id)


async def is_member(connection: Connection, group_id: str, user_id: str) -> bool:
    return await sql.is_member(connection, group_id=group_id, user_id=user_id)


async def delete_member(connection: Connection, group_id: str, user_id: str) -> None:
    """Raises MemberNotFound."""
    if await sql.delete_member(connection, group_id=group_id, user_id=user_id) is None:
        raise MemberNotFound(group_id, user_id)
