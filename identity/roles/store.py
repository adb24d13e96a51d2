"""Roles in PostgreSQL."""

from collections import defaultdict
from pathlib import Path

from identity.nouns.table import Row, Table, no_such
from identity.roles.graph import RoleGraph
from runtime.database import Connection, queries
from runtime.errors import Conflict, NotFound
from runtime.web.listing import Attribute, Listing

sql = queries(Path(__file__).with_name("queries.sql"))


def _name_taken(row: Row) -> Conflict:
    return Conflict(f"Conflict occurred attempting to store role - Duplicate entry found with name {row['name']}.")


ROLES = Table(
    name="identity.roles",
    noun="role",
    listing=Listing(
        "SELECT * FROM identity.roles",
        {"id": Attribute("id"), "name": Attribute("name"), "domain_id": Attribute("domain_id")},
    ),
    columns=("name", "domain_id", "description", "options"),
    refusals={"roles_name_once": _name_taken, "roles_domain": no_such("role.domain_id", "domain")},
)
fetch_role = ROLES.fetch


class InferenceNotFound(NotFound):
    def __init__(self, prior_role_id: str, implied_role_id: str) -> None:
        super().__init__(f"{prior_role_id} does not imply {implied_role_id}.")


async def find_role_by_name(connection: Connection, name: str) -> Row | None:
    """The role of that name that is known in every domain."""
    return await sql.find_role_by_name(connection, name=name)


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
