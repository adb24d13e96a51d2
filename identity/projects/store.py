"""Projects in PostgreSQL."""

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from multidict import MultiMapping

from identity.bodies import merge_extra
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, Forbidden, NotFound
from runtime.web.listing import Attribute, Listing, Where

Row = Mapping[str, Any]
ChangeOfTags = Callable[[list[str]], list[str]]
DEEPEST = 5
"""Projects that may stand on top of each other."""
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    "SELECT * FROM identity.listed_projects",
    {
        "id": Attribute("id"),
        "name": Attribute("name"),
        "domain_id": Attribute("domain_id"),
        "parent_id": Attribute("parent_id"),
        "enabled": Attribute("enabled", "bool"),
        "is_domain": Attribute("is_domain", "bool"),
    },
)


class ProjectNotFound(NotFound):
    def __init__(self, project_id: str) -> None:
        super().__init__(f"Could not find project: {project_id[:64]}.")


def _name_taken(name: str, domain_id: str) -> Conflict:
    return Conflict(
        "Conflict occurred attempting to store project - "
        f"Duplicate entry found with name {name} at domain ID {domain_id}."
    )


def _parent_missing() -> BadRequest:
    return BadRequest("Invalid input for project.parent_id: no such project in this domain.")


async def insert_project(connection: Connection, draft: Row, extra: Row) -> Row:
    """`draft` names its domain; `parent_id` is a project of that domain, or the domain itself, or None."""
    values = {"parent_id": None, "description": "", "enabled": True, "tags": [], **draft}
    domain_id, parent_id = values["domain_id"], values["parent_id"]
    if parent_id == domain_id:
        parent_id = None
    if parent_id is not None:
        parent = await find_project(connection, parent_id)
        if parent is None or parent["domain_id"] != domain_id:
            raise _parent_missing()
        await _refuse_place_below(connection, parent)
    refusals = {
        "projects_name_once": lambda: _name_taken(values["name"], domain_id),
        "projects_domain": lambda: BadRequest("Invalid input for project.domain_id: no such domain."),
        "projects_parent": _parent_missing,
    }
    with naming(refusals):
        return await sql.insert_project(
            connection,
            id=uuid.uuid4().hex,
            domain_id=domain_id,
            parent_id=parent_id,
            name=values["name"],
            description=values["description"] or "",
            enabled=values["enabled"],
            tags=values["tags"],
            extra=extra,
        )


async def _refuse_place_below(connection: Connection, parent: Row) -> None:
    branch = [parent, *await select_ancestors(connection, parent["id"])]
    if not all(project["enabled"] for project in branch):
        raise Forbidden("Cannot create a project in a branch containing a disabled project.")
    if len(branch) >= DEEPEST:
        raise Forbidden(f"Max hierarchy depth reached for {parent['id']} branch.")


async def find_project(connection: Connection, project_id: str) -> Row | None:
    return await sql.find_project(connection, id=project_id)


async def find_project_by_name(connection: Connection, domain_id: str, name: str) -> Row | None:
    return await sql.find_project_by_name(connection, domain_id=domain_id, name=name)


async def fetch_project(connection: Connection, project_id: str) -> Row:
    """Raises ProjectNotFound."""
    if (row := await find_project(connection, project_id)) is None:
        raise ProjectNotFound(project_id)
    return row


async def update_project(connection: Connection, project_id: str, changes: Row, extra: Row) -> Row:
    """The row after the change. Raises BadRequest for a move to another domain or parent."""
    row = await sql.lock_project(connection, id=project_id)
    if row is None:
        raise ProjectNotFound(project_id)
    _refuse_move(row, changes)
    values = {**row, **changes}
    with naming({"projects_name_once": lambda: _name_taken(values["name"], row["domain_id"])}):
        return await sql.update_project(
            connection,
            id=project_id,
            name=values["name"],
            description=values["description"] or "",
            enabled=values["enabled"],
            tags=values["tags"],
            extra=merge_extra(row["extra"], extra),
        )


def _refuse_move(row: Row, changes: Row) -> None:
    if changes.get("domain_id", row["domain_id"]) != row["domain_id"]:
        raise BadRequest("Invalid input for project.domain_id: it cannot be changed.")
    parent_id = row["parent_id"] or row["domain_id"]
    if changes.get("parent_id", parent_id) != parent_id:
        raise BadRequest("Invalid input for project.parent_id: it cannot be changed.")


async def delete_project(connection: Connection, project_id: str) -> None:
    """Deletes the project and every assignment on it. Refused while it has projects below it."""
    if await sql.lock_project(connection, id=project_id) is None:
        raise ProjectNotFound(project_id)
    refusal = Forbidden(f"Cannot delete the project {project_id} since it is not a leaf in the hierarchy.")
    with naming({"projects_parent": lambda: refusal}):
        await sql.delete_project(connection, id=project_id)
    await sql.forget_default_project(connection, id=project_id)


async def select_projects_of_user(connection: Connection, user_id: str) -> list[Row]:
    """The enabled projects on which the user has a role, by name."""
    return [row async for row in sql.select_projects_of_user(connection, user_id=user_id)]


async def select_ancestors(connection: Connection, project_id: str) -> list[Row]:
    """The projects above, in no order."""
    return [row async for row in sql.select_ancestors(connection, id=project_id)]


async def select_descendants(connection: Connection, project_id: str) -> list[Row]:
    """The projects below, by name."""
    return [row async for row in sql.select_descendants(connection, id=project_id)]


async def change_tags(connection: Connection, project_id: str, wanted: ChangeOfTags) -> Row:
    """The row after the change; `wanted` makes the tags of the present ones."""
    row = await sql.lock_project(connection, id=project_id)
    if row is None:
        raise ProjectNotFound(project_id)
    return await sql.set_tags(connection, id=project_id, tags=wanted(row["tags"]))


TAG_FILTERS = {
    "tags": "tags @> {}::text[]",
    "tags-any": "tags && {}::text[]",
    "not-tags": "NOT tags @> {}::text[]",
    "not-tags-any": "NOT tags && {}::text[]",
}


def filter_tags(query: MultiMapping[str], where: Where) -> None:
    """Adds the filters by tags, each a list that commas part."""
    for word in TAG_FILTERS.keys() & query.keys():
        if "\x00" in query[word]:
            raise BadRequest(f"Invalid input for {word}: NUL characters are not accepted.")
        where.add(TAG_FILTERS[word], query[word].split(","))
