"""Users in PostgreSQL. Passwords arrive here hashed."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from identity.bodies import merge_extra
from identity.domains.store import DOMAINS
from identity.nouns.options import merge_options
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
OF_PROVIDER = "(SELECT {} FROM identity.federated_users AS link WHERE link.user_id = users.id)"
"""What a user's identity provider knows them by."""
LISTING = Listing(
    "SELECT * FROM identity.users",
    {
        "id": Attribute("id"),
        "name": Attribute("name"),
        "domain_id": Attribute("domain_id"),
        "default_project_id": Attribute("default_project_id"),
        "enabled": Attribute("enabled", "bool"),
        **{
            name: Attribute(OF_PROVIDER.format(name), sortable=False) for name in ("idp_id", "protocol_id", "unique_id")
        },
    },
)

NO_PASSWORD = {"password_hash": None, "password_expires_at": None}


class UserNotFound(NotFound):
    def __init__(self, user_id: str) -> None:
        super().__init__(f"Could not find user: {user_id[:64]}.")


def _name_taken(name: str, domain_id: str) -> Conflict:
    return Conflict(
        f"Conflict occurred attempting to store user - Duplicate entry found with name {name} at domain ID {domain_id}."
    )


async def insert_user(connection: Connection, draft: Row, extra: Row) -> Row:
    """`draft` names its domain and holds `password_hash` instead of a password; None is a user without one."""
    values = {"enabled": True, **NO_PASSWORD, "default_project_id": None, "options": {}, **draft}
    refusals = {
        "users_name_once": lambda: _name_taken(values["name"], values["domain_id"]),
        "users_domain": lambda: DOMAINS.missing(values["domain_id"]),
    }
    options = merge_options({}, values["options"])
    with naming(refusals):
        return await sql.insert_user(
            connection,
            id=uuid.uuid4().hex,
            domain_id=values["domain_id"],
            name=values["name"],
            enabled=values["enabled"],
            password_hash=values["password_hash"],
            password_expires_at=values["password_expires_at"],
            default_project_id=values["default_project_id"],
            options=options,
            extra=extra,
        )


async def find_user(connection: Connection, user_id: str) -> Row | None:
    return await sql.find_user(connection, id=user_id)


async def find_user_by_name(connection: Connection, domain_id: str, name: str) -> Row | None:
    return await sql.find_user_by_name(connection, domain_id=domain_id, name=name)


async def fetch_user(connection: Connection, user_id: str) -> Row:
    """Raises UserNotFound."""
    if (row := await find_user(connection, user_id)) is None:
        raise UserNotFound(user_id)
    return row


async def update_user(connection: Connection, user_id: str, changes: Row, extra: Row) -> Row:
    """The row after the change. Raises BadRequest for a move to another domain."""
    row = await sql.lock_user(connection, id=user_id)
    if row is None:
        raise UserNotFound(user_id)
    if changes.get("domain_id", row["domain_id"]) != row["domain_id"]:
        raise BadRequest("Invalid input for user.domain_id: it cannot be changed.")
    values = {**row, **changes}
    options = merge_options(row["options"], changes.get("options", {}))
    with naming({"users_name_once": lambda: _name_taken(values["name"], row["domain_id"])}):
        return await sql.update_user(
            connection,
            id=user_id,
            name=values["name"],
            enabled=values["enabled"],
            password_hash=values["password_hash"],
            password_expires_at=values["password_expires_at"],
            default_project_id=values["default_project_id"],
            options=options,
            extra=merge_extra(row["extra"], extra),
        )


async def note_activity(connection: Connection, user: Row) -> None:
    """The user was active today; written once a day."""
    if user["last_active_at"] < datetime.now(UTC).date():
        await sql.note_activity(connection, id=user["id"])


async def delete_user(connection: Connection, user_id: str) -> None:
    """Deletes the user with every assignment."""
    if await sql.lock_user(connection, id=user_id) is None:
        raise UserNotFound(user_id)
    await sql.delete_user(connection, id=user_id)


async def keep_password(connection: Connection, user: Row, most: int) -> None:
    """Remembers the password that the user had, and at most `most` of all of them."""
    if user["password_hash"] is not None and most:
        await sql.keep_password(connection, user_id=user["id"], password_hash=user["password_hash"])
    await sql.forget_passwords(connection, user_id=user["id"], most=most)


async def select_past_passwords(connection: Connection, user_id: str, most: int) -> list[str]:
    """The hashes of the last passwords before the present one."""
    rows = sql.select_past_passwords(connection, user_id=user_id, most=most)
    return [row["password_hash"] async for row in rows]
