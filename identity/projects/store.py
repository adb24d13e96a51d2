"""Projects in PostgreSQL."""

from collections.abc import Callable, Sequence
from pathlib import Path

from multidict import MultiMapping

from identity.nouns.table import Row, Table, no_such
from runtime.database import Connection, queries
from runtime.errors import BadRequest, Conflict, Forbidden
from runtime.web.listing import Attribute, Listing, Where

ChangeOfTags = Callable[[list[str]], list[str]]
DEEPEST = 5
"""Projects that may stand on top of each other."""
sql = queries(Path(__file__).with_name("queries.sql"))


def _name_taken(row: Row) -> Conflict:
    return Conflict(
        "Conflict occurred attempting to store project - "
        f"Duplicate entry found with name {row['name']} at domain ID {row['domain_id']}."
    )


def _parent_missing(_row: Row) -> BadRequest:
    return BadRequest("Invalid input for project.parent_id: no such project in this domain.")


def _has_children(row: Row) -> Forbidden:
    return Forbidden(f"Cannot delete the project {row['id']} since it is not a leaf in the hierarchy.")


PROJECTS = Table(
    name="identity.projects",
    noun="project",
    listing=Listing(
        "SELECT * FROM identity.listed_projects",
        {
            "id": Attribute("id"),
            "name": Attribute("name"),
            "domain_id": Attribute("domain_id"),
            "parent_id": Attribute("parent_id"),
            "enabled": Attribute("enabled", "bool"),
            "is_domain": Attribute("is_domain", "bool"),
        },
    ),
    columns=("domain_id", "parent_id", "name", "description", "enabled", "tags", "options"),
    fixed=("domain_id",),
    refusals={
        "projects_name_once": _name_taken,
        "projects_domain": no_such("project.domain_id", "domain"),
        "projects_parent": _parent_missing,
    },
    holders={"projects_parent": _has_children},
)
find_project = PROJECTS.find
fetch_project = PROJECTS.fetch


async def insert_project(connection: Connection, draft: Row, extra: Row, *, deepest: int = DEEPEST) -> Row:
    """`draft` names its domain; `parent_id` is a project of that domain, or the domain itself, or None.

    At most `deepest` projects stand on top of each other.
    """
    parent_id = draft.get("parent_id")
    if parent_id == draft["domain_id"]:
        parent_id = None
    if parent_id is not None:
        parent = await find_project(connection, parent_id)
        if parent is None or parent["domain_id"] != draft["domain_id"]:
            raise _parent_missing(draft)
        await _refuse_place_below(connection, parent, deepest)
    return await PROJECTS.insert(connection, {**draft, "parent_id": parent_id}, extra)


async def _refuse_place_below(connection: Connection, parent: Row, deepest: int) -> None:
    branch = [parent, *await select_ancestors(connection, parent["id"])]
    if not all(project["enabled"] for project in branch):
        raise Forbidden("Cannot create a project in a branch containing a disabled project.")
    if len(branch) >= deepest:
        raise Forbidden(f"Max hierarchy depth reached for {parent['id']} branch.")


async def find_project_by_name(connection: Connection, domain_id: str, name: str) -> Row | None:
    return await PROJECTS.find_where(connection, domain_id=domain_id, name=name)


async def update_project(connection: Connection, project_id: str, changes: Row, extra: Row) -> Row:
    """The row after the change. Raises BadRequest for a move to another domain or parent."""
    row = await PROJECTS.fetch_locked(connection, project_id)
    parent_id = row["parent_id"] or row["domain_id"]
    if changes.get("parent_id", parent_id) != parent_id:
        raise BadRequest("Invalid input for project.parent_id: it cannot be changed.")
    kept = {name: value for name, value in changes.items() if name != "parent_id"}
    return await PROJECTS.update(connection, project_id, kept, extra)


async def delete_project(connection: Connection, project_id: str) -> None:
    """Deletes the project and every assignment on it. Refused while it has projects below it."""
    await PROJECTS.delete(connection, project_id)
    await sql.forget_default_project(connection, id=project_id)


async def select_projects_of_user(connection: Connection, user_id: str, group_ids: Sequence[str] = ()) -> list[Row]:
    """The enabled projects on which the user, or one of the groups, has a role, by name."""
    rows = sql.select_projects_of_user(connection, user_id=user_id, group_ids=list(group_ids))
    return [row async for row in rows]


async def select_ancestors(connection: Connection, project_id: str) -> list[Row]:
    """The projects above, in no order."""
    return [row async for row in sql.select_ancestors(connection, id=project_id)]


async def select_descendants(connection: Connection, project_id: str) -> list[Row]:
    """The projects below, by name."""
    return [row async for row in sql.select_descendants(connection, id=project_id)]


async def change_tags(connection: Connection, project_id: str, wanted: ChangeOfTags) -> Row:
    """The row after the change; `wanted` makes the tags of the present ones."""
    row = await PROJECTS.fetch_locked(connection, project_id)
    return await PROJECTS.update(connection, project_id, {"tags": wanted(row["tags"])})


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
