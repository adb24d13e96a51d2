"""`GET /v3/role_assignments`: what a query asks for, and how an assignment is shown. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from multidict import MultiMapping

from identity.roles.graph import RoleGraph
from runtime.errors import BadRequest

FILTERS = frozenset({"user.id", "role.id", "scope.project.id", "scope.domain.id", "scope.system"})
NEVER_MATCHING = frozenset({"group.id", "scope.OS-INHERIT:inherited_to"})
SWITCHES = frozenset({"effective", "include_names"})
Row = Mapping[str, Any]


class Query(Struct, frozen=True):
    """`nothing` is a filter that no assignment can match, such as one by group."""

    user_id: str | None
    role_id: str | None
    project_id: str | None
    domain_id: str | None
    on_system: bool
    nothing: bool
    effective: bool
    include_names: bool


def parse_query(query: MultiMapping[str]) -> Query:
    if unknown := query.keys() - FILTERS - NEVER_MATCHING - SWITCHES:
        raise BadRequest(f"Filtering by '{min(unknown)[:64]}' is not supported.")
    for name in FILTERS & query.keys():
        if "\x00" in query[name]:
            raise BadRequest(f"Invalid input for {name}: NUL characters are not accepted.")
    if len({"scope.project.id", "scope.domain.id", "scope.system"} & query.keys()) > 1:
        raise BadRequest("Specify a domain, a project or the system, not several of them.")
    return Query(
        user_id=query.get("user.id"),
        role_id=query.get("role.id"),
        project_id=query.get("scope.project.id"),
        domain_id=query.get("scope.domain.id"),
        on_system=_is_on(query, "scope.system"),
        nothing=bool(NEVER_MATCHING & query.keys()),
        effective=_is_on(query, "effective"),
        include_names=_is_on(query, "include_names"),
    )


def _is_on(query: MultiMapping[str], name: str) -> bool:
    """A switch is on when it is there, unless it says otherwise."""
    return name in query and query[name].lower() not in ("0", "false", "no", "off")


def with_implied(rows: Iterable[Row], roles: RoleGraph, role_id: str | None) -> list[Row]:
    """Each assignment and those it implies, once each; only those of `role_id` when it is given."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        for implied in sorted(roles.expand([row["role_id"]])):
            if role_id in (None, implied):
                key = (row["user_id"], row["project_id"], row["domain_id"], implied)
                found[key] = {**row, "role_id": implied, "role_name": roles.names[implied]}
    return list(found.values())


def render(row: Row, *, names: bool, address: str) -> dict[str, Any]:
    """`address` is where the API answers, without `/v3`."""
    role = {"id": row["role_id"]}
    user = {"id": row["user_id"]}
    if names:
        role["name"] = row["role_name"]
        user |= {
            "name": row["user_name"],
            "domain": {"id": row["user_domain_id"], "name": row["user_domain_name"]},
        }
    scope, path = _render_target(row, names=names)
    return {
        "role": role,
        "user": user,
        "scope": scope,
        "links": {"assignment": f"{address}/v3/{path}/users/{row['user_id']}/roles/{row['role_id']}"},
    }


def _render_target(row: Row, *, names: bool) -> tuple[dict[str, Any], str]:
    """(the scope as shown, the path of its grants)."""
    if row["project_id"] is not None:
        project = {"id": row["project_id"]}
        if names:
            project |= {
                "name": row["project_name"],
                "domain": {"id": row["project_domain_id"], "name": row["project_domain_name"]},
            }
        return {"project": project}, f"projects/{row['project_id']}"
    if row["domain_id"] is not None:
        domain = {"id": row["domain_id"]} | ({"name": row["domain_name"]} if names else {})
        return {"domain": domain}, f"domains/{row['domain_id']}"
    return {"system": {"all": True}}, "system"
