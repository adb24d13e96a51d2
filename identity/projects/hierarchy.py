"""What stands above and below a project, as `GET /v3/projects/{id}` shows it when it is asked. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from multidict import MultiMapping

from runtime.errors import BadRequest

Row = Mapping[str, Any]
Form = Literal["list", "ids"] | None
WORDS = frozenset({"parents_as_list", "parents_as_ids", "subtree_as_list", "subtree_as_ids"})
Nested = dict[str, "Nested"] | None


class Relatives(NamedTuple):
    """In which form each side is wanted; None is not at all."""

    parents: Form
    subtree: Form


def parse_relatives(query: MultiMapping[str]) -> Relatives:
    return Relatives(_form(query, "parents"), _form(query, "subtree"))


def _form(query: MultiMapping[str], side: str) -> Form:
    as_list, as_ids = f"{side}_as_list" in query, f"{side}_as_ids" in query
    if as_list and as_ids:
        raise BadRequest(f"Use either {side}_as_list or {side}_as_ids, not both.")
    return "list" if as_list else "ids" if as_ids else None


def chain_of(project: Row, above: Iterable[Row]) -> Nested:
    """`{parent: {its parent: {domain: None}}}`"""
    known = {row["id"]: row for row in above}
    ids = []
    while (parent_id := project["parent_id"]) is not None:
        ids.append(parent_id)
        project = known[parent_id]
    nested: Nested = {project["domain_id"]: None}
    for parent_id in reversed(ids):
        nested = {parent_id: nested}
    return nested


def tree_of(project_id: str, below: Iterable[Row]) -> Nested:
    """`{child: {grandchild: None}, other child: None}`; what hangs on a project that is not among the rows is left out."""
    children: dict[str, list[str]] = {}
    for row in below:
        children.setdefault(row["parent_id"], []).append(row["id"])

    def nest(parent_id: str) -> Nested:
        return {child: nest(child) for child in children.get(parent_id, ())} or None

    return nest(project_id)
