"""`GET /v3/role_assignments`: what a query asks for, and how an assignment is shown. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from multidict import MultiMapping

from identity.roles.graph import RoleGraph
from runtime.errors import BadRequest
from runtime.web.listing import Where

INHERITED = "scope.OS-INHERIT:inherited_to"
FILTERS = frozenset(
    {"user.id", "group.id", "role.id", "scope.project.id", "scope.domain.id", "scope.system", INHERITED}
)
SWITCHES = frozenset({"effective", "include_names", "include_subtree"})
NAMED = {"user": "identity.users", "group": "identity.groups", "project": "identity.projects", "role": "identity.roles"}
Row = Mapping[str, Any]


class Query(Struct, frozen=True):
    user_id: str | None
    group_id: str | None
    role_id: str | None
    project_id: str | None
    domain_id: str | None
    on_system: bool
    inherited: bool
    effective: bool
    include_names: bool
    include_subtree: bool


def parse_query(query: MultiMapping[str]) -> Query:
    if unknown := query.keys() - FILTERS - SWITCHES:
        raise BadRequest(f"Filtering by '{min(unknown)[:64]}' is not supported.")
    for name in FILTERS & query.keys():
        if "\x00" in query[name]:
            raise BadRequest(f"Invalid input for {name}: NUL characters are not accepted.")
    asked = Query(
        user_id=query.get("user.id"),
        group_id=query.get("group.id"),
        role_id=query.get("role.id"),
        project_id=query.get("scope.project.id"),
        domain_id=query.get("scope.domain.id"),
        on_system=_is_on(query, "scope.system"),
        inherited=INHERITED in query,
        effective=_is_on(query, "effective"),
        include_names=_is_on(query, "include_names"),
        include_subtree=_is_on(query, "include_subtree"),
    )
    _refuse_contradictions(query, asked)
    return asked


def _refuse_contradictions(query: MultiMapping[str], asked: Query) -> None:
    if len({"scope.project.id", "scope.domain.id", "scope.system"} & query.keys()) > 1:
        raise BadRequest("Specify a domain, a project or the system, not several of them.")
    if asked.user_id and asked.group_id:
        raise BadRequest("Specify a user or a group, not both.")
    if asked.inherited and query[INHERITED] != "projects":
        raise BadRequest(f"Invalid input for {INHERITED}: 'projects' is the only kind of heir.")
    if asked.effective and asked.group_id:
        raise BadRequest("Combining effective and group filter will always result in an empty list.")
    if asked.effective and asked.domain_id and asked.inherited:
        raise BadRequest("Combining effective, domain and inherited filters will always result in an empty list.")
    if asked.include_subtree and not asked.project_id:
        raise BadRequest("scope.project.id must be specified if include_subtree is also specified.")


def _is_on(query: MultiMapping[str], name: str) -> bool:
    """A switch is on when it is there, unless it says otherwise."""
    return name in query and query[name].lower() not in ("0", "false", "no", "off")


def compile_query(asked: Query, most: int) -> tuple[str, list[Any]]:
    """(SQL, parameters) of at most `most` assignments with the names of all that they join.

    An effective list is filtered by role after the implied ones were added: see with_implied.
    """
    where = Where()
    for column in ("user_id", "group_id", "domain_id"):
        if (value := getattr(asked, column)) is not None:
            where.add(f"held.{column} = {{}}", value)
    if asked.project_id is not None:
        tree = " OR held.project_id IN (SELECT identity.descendants({0}))" if asked.include_subtree else ""
        where.add(f"held.project_id = {{0}}{tree}", asked.project_id)
    if asked.role_id is not None and not asked.effective:
        where.add("held.role_id = {}", asked.role_id)
    if asked.on_system:
        where.add("held.project_id IS NULL AND held.domain_id IS NULL")
    if asked.inherited:
        where.add("held.inherited")
    columns = ["held.*", "target.name AS domain_name"]
    joins = ["LEFT JOIN identity.domains AS target ON target.id = held.domain_id"]
    for noun, table in NAMED.items():
        columns += [f"a_{noun}.name AS {noun}_name", f"a_{noun}.domain_id AS {noun}_domain_id"]
        columns.append(f"{noun}_domain.name AS {noun}_domain_name")
        joins.append(f"LEFT JOIN {table} AS a_{noun} ON a_{noun}.id = held.{noun}_id")
        joins.append(f"LEFT JOIN identity.domains AS {noun}_domain ON {noun}_domain.id = a_{noun}.domain_id")
    view = "identity.effective_rights" if asked.effective else "identity.given_rights"
    conditions = " AND ".join(f"({predicate})" for predicate in where.predicates) or "true"
    order = "held.user_id, held.group_id, held.project_id, held.domain_id, held.role_id, held.inherited"
    sql = (
        f"SELECT {', '.join(columns)} FROM {view} AS held {' '.join(joins)} "
        f"WHERE {conditions} ORDER BY {order} LIMIT {where.bind(most)}"
    )
    return sql, where.values


def with_implied(rows: Iterable[Row], roles: RoleGraph, role_id: str | None) -> list[Row]:
    """Each assignment and those it implies, once each; only those of `role_id` when it is given.

    `given_role_id` is the role that was assigned. A role of one domain gives what it implies and is itself no right.
    """
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        for implied in sorted(roles.expand([row["role_id"]])):
            if role_id in (None, implied):
                key = (row["user_id"], row["project_id"], row["domain_id"], row["inherited"], row["group_id"], implied)
                shown = {"role_id": implied, "role_name": roles.names[implied], "role_domain_id": None}
                found.setdefault(key, {**row, **shown, "given_role_id": row["role_id"]})
    return list(found.values())


def render(row: Row, *, names: bool, address: str) -> dict[str, Any]:
    """`address` is where the API answers, without `/v3`."""
    scope, place = _render_target(row, names=names)
    shown: dict[str, Any] = {"role": _named(row, "role", names=names), "scope": scope}
    links = {}
    if row["user_id"] is not None:
        shown["user"] = _named(row, "user", names=names)
    else:
        shown["group"] = _named(row, "group", names=names)
    if row["group_id"] is None:
        actor = f"users/{row['user_id']}"
    else:
        actor = f"groups/{row['group_id']}"
        if row["user_id"] is not None:
            links["membership"] = f"{address}/v3/{actor}/users/{row['user_id']}"
    given = row.get("given_role_id", row["role_id"])
    if given != row["role_id"]:
        links["prior_role"] = f"{address}/v3/roles/{given}/implies/{row['role_id']}"
    path = f"{place}/{actor}/roles/{given}"
    if row["inherited"]:
        path = f"OS-INHERIT/{path}/inherited_to_projects"
    return {**shown, "links": {"assignment": f"{address}/v3/{path}", **links}}


def _named(row: Row, noun: str, *, names: bool) -> dict[str, Any]:
    """The id; with names, name and domain too, where there is one."""
    shown = {"id": row[f"{noun}_id"]}
    if names:
        shown["name"] = row[f"{noun}_name"]
        if row[f"{noun}_domain_id"] is not None:
            shown["domain"] = {"id": row[f"{noun}_domain_id"], "name": row[f"{noun}_domain_name"]}
    return shown


def _render_target(row: Row, *, names: bool) -> tuple[dict[str, Any], str]:
    """(the scope as shown, the path where it was given)."""
    heirs = {"OS-INHERIT:inherited_to": "projects"} if row["inherited"] else {}
    if row["from_project_id"] is not None:
        path = f"projects/{row['from_project_id']}"
    elif row["from_domain_id"] is not None:
        path = f"domains/{row['from_domain_id']}"
    else:
        path = "system"
    if row["project_id"] is not None:
        return {"project": _named(row, "project", names=names), **heirs}, path
    if row["domain_id"] is not None:
        domain = {"id": row["domain_id"]} | ({"name": row["domain_name"]} if names else {})
        return {"domain": domain, **heirs}, path
    return {"system": {"all": True}}, path
