"""Queries for assignments, and how assignments are shown."""

import pytest
from multidict import MultiDict

from identity.assignments.listing import parse_query, render, with_implied
from identity.roles.graph import RoleGraph
from runtime.errors import BadRequest

ROLES = RoleGraph({"1": "admin", "2": "member"}, {"1": ["2"]})


def an_assignment(**replaced: object) -> dict[str, object]:
    return {
        "role_id": "1",
        "role_name": "admin",
        "user_id": "u",
        "user_name": "user1",
        "user_domain_id": "default",
        "user_domain_name": "Default",
        "project_id": "p",
        "project_name": "ensiie",
        "project_domain_id": "default",
        "project_domain_name": "Default",
        "domain_id": None,
        "domain_name": None,
    } | replaced


@pytest.mark.parametrize(("text", "on"), [("", True), ("True", True), ("1", True), ("0", False), ("False", False)])
def test_switch_is_on_when_it_is_there_unless_it_says_otherwise(text: str, on: bool) -> None:
    assert parse_query(MultiDict({"include_names": text})).include_names is on


def test_filter_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(BadRequest, match="colour"):
        parse_query(MultiDict({"colour": "red"}))


def test_two_targets_are_refused() -> None:
    with pytest.raises(BadRequest, match="not several"):
        parse_query(MultiDict({"scope.project.id": "p", "scope.domain.id": "d"}))


def test_no_assignment_is_a_groups() -> None:
    assert parse_query(MultiDict({"group.id": "g"})).nothing


def test_effective_assignments_include_the_implied_ones_once() -> None:
    rows = [an_assignment(), an_assignment(role_id="2", role_name="member")]
    assert [row["role_name"] for row in with_implied(rows, ROLES, None)] == ["admin", "member"]
    assert [row["role_id"] for row in with_implied(rows[:1], ROLES, "2")] == ["2"]


def test_names_are_shown_when_asked_for() -> None:
    assert render(an_assignment(), names=True, address="http://cloud/identity") == {
        "role": {"id": "1", "name": "admin"},
        "user": {"id": "u", "name": "user1", "domain": {"id": "default", "name": "Default"}},
        "scope": {"project": {"id": "p", "name": "ensiie", "domain": {"id": "default", "name": "Default"}}},
        "links": {"assignment": "http://cloud/identity/v3/projects/p/users/u/roles/1"},
    }


def test_assignment_without_project_and_domain_is_on_the_system() -> None:
    shown = render(an_assignment(project_id=None), names=False, address="")
    assert shown["scope"] == {"system": {"all": True}}
    assert shown["links"]["assignment"] == "/v3/system/users/u/roles/1"
