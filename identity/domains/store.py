"""Domains in PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path

from identity.nouns.table import Row, Table
from runtime.database import Connection, queries
from runtime.errors import Conflict, Forbidden
from runtime.web.listing import Attribute, Listing

sql = queries(Path(__file__).with_name("queries.sql"))


def _name_taken(row: Row) -> Conflict:
    return Conflict(f"Conflict occurred attempting to store domain - Duplicate entry found with name {row['name']}.")


DOMAINS = Table(
    name="identity.domains",
    noun="domain",
    listing=Listing(
        "SELECT * FROM identity.domains",
        {"id": Attribute("id"), "name": Attribute("name"), "enabled": Attribute("enabled", "bool")},
    ),
    columns=("name", "description", "enabled", "options"),
    refusals={"domains_name_once": _name_taken},
    holders={
        "identity_providers_domain": lambda _row: Conflict(
            "Cannot delete the domain of an identity provider: delete the identity provider first."
        )
    },
)
find_domain = DOMAINS.find
fetch_domain = DOMAINS.fetch


async def find_domain_by_name(connection: Connection, name: str) -> Row | None:
    return await DOMAINS.find_where(connection, name=name)


async def delete_domain(connection: Connection, domain_id: str) -> None:
    """Deletes the domain with its users, projects and roles. Refused while it is enabled, or holds what is immutable."""
    row = await DOMAINS.fetch_locked(connection, domain_id)
    if row["enabled"]:
        raise Forbidden("Cannot delete a domain that is enabled, please disable it first.")
    if await sql.holds_immutable(connection, id=domain_id):
        raise Forbidden(
            'Cannot delete a domain that holds immutable projects or roles, please set their option "immutable" to false.'
        )
    await DOMAINS.delete(connection, domain_id)


async def select_domains_of_user(connection: Connection, user_id: str, group_ids: Sequence[str] = ()) -> list[Row]:
    """The enabled domains on which the user, or one of the groups, has a role."""
    rows = sql.select_domains_of_user(connection, user_id=user_id, group_ids=list(group_ids))
    return [row async for row in rows]
