"""Roles in PostgreSQL."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.bodies import merge_extra
from identity.roles.graph import RoleGraph
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.roles",
    {
        "id": Attribute("id"),
        "name": Attribute("name"),
        "domain_id": Attribute("domain_id"),
    },
)


class RoleNotFound(NotFound):
    def __init__(self, role_id: str) -> None:
        super().__init__(f"Could not find role: {role_id[:64]}.")


class InferenceNotFound(NotFound):
    def __init__(self, prior_role_id: str, implied_role_id: str) -> None:
        super().__init__(f"{prior_role_id} does not imply {implied_role_id}.")


def _name_taken(name: str) -> Conflict:
    return Conflict(f"Conflict occurred attempting to store role - Duplicate entry found with name {name}.")


async def insert_role(connection: Connection, draft: Row, extra: Row) -> Row:
    values = {"domain_id": None, "description": "", **draft}
    refusals = {
        "roles_name_once": lambda: _name_taken(values["name"]),
        "roles_domain": lambda: BadRequest("Invalid input for role.domain_id: no such domain."),
    }
    with naming(refusals):
        return await sql.insert_role(
            connection,
            id=uuid.uuid4().hex,
            name=values["name"],
            domain_id=values["domain_id"],
            description=values["description"] or "",
            extra=extra,
        )


async def find_role_by_name(connection: Connection, name: str) -> Row | None:
    """The role of that name that is known in every domain."""
    return await sql.find_role_by_name(connection, name=name)


async def fetch_role(connection: Connection, role_id: str) -> Row:
    """Raises RoleNotFound."""
    if (row := await sql.find_role(connection, id=role_id)) is None:
        raise RoleNotFound(role_id)
    return row


async def update_role(connection: Connection, role_id: str, changes: Row, extra: Row) -> Row:
    row = await sql.lock_role(connection, id=role_id)
    if row is None:
        raise RoleNotFound(role_id)
    values = {**row, **changes}
    with naming({"roles_name_once": lambda: _name_taken(values["name"])}):
        return await sql.update_role(
            connection,
            id=role_id,
            name=values["name"],
            description=values["description"] or "",
            extra=merge_extra(row["extra"], extra),
        )


async def delete_role(connection: Connection, role_id: str) -> None:
    """Deletes the role with every assignment of it."""
    if await sql.lock_role(connection, id=role_id) is None:
        raise RoleNotFound(role_id)
    await sql.delete_role(connection, id=role_id)


async def imply_role(connection: Connection, prior_role_id: str, implied_role_id: str) -> None:
    """Who has the prior role has the implied one too. Idempotent."""
    await sql.imply_role(connection, prior_role_id=prior_role_id, implied_role_id=implied_role_id)


async def stop_implying(connection: Connection, prior_role_id: str, implied_role_id: str) -> None:
    """Raises InferenceNotFound."""
    gone = await sql.stop_implying(connection, prior_role_id=prior_role_id, implied_role_id=implied_role_id)
    if gone is None:
        raise InferenceNotFound(prior_role_id, implied_role_id)


async def select_inferences(connection: Connection, prior_role_id: str | None = None) -> list[Row]:
    """Which role implies which directly, by names; all, or those of one prior role."""
    return [row async for row in sql.select_inferences(connection, prior_role_id=prior_role_id)]


async def read_graph(connection: Connection) -> RoleGraph:
    """Every role and implication; an operator makes a few dozen of them at most."""
    names: dict[str, str] = {}
    local: set[str] = set()
    async for row in sql.select_role_names(connection):
        names[row["id"]] = row["name"]
        if row["domain_id"] is not None:
            local.add(row["id"])
    implications: dict[str, set[str]] = defaultdict(set)
    async for row in sql.select_implications(connection):
        implications[row["prior_role_id"]].add(row["implied_role_id"])
    return RoleGraph(names, implications, local)
