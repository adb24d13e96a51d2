"""Queries for assignments, and how assignments are shown."""

import pytest
from multidict import MultiDict

from identity.assignments.listing import compile_query, parse_query, render, with_implied
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
        "role_domain_id": None,
        "role_domain_name": None,
        "group_id": None,
        "group_name": None,
        "group_domain_id": None,
        "group_domain_name": None,
        "domain_id": None,
        "domain_name": None,
        "from_project_id": "p",
        "from_domain_id": None,
        "inherited": False,
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


@pytest.mark.parametrize(
    "query",
    [
        {"effective": "1", "group.id": "g"},
        {"effective": "1", "scope.domain.id": "d", "scope.OS-INHERIT:inherited_to": "projects"},
        {"scope.OS-INHERIT:inherited_to": "users"},
        {"include_subtree": "1"},
        {"user.id": "u", "group.id": "g"},
        {"user.id": "\x00"},
    ],
)
def test_query_that_contradicts_itself_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        parse_query(MultiDict(query))


def test_threat_p1_text_of_a_query_is_a_parameter_and_never_sql() -> None:
    texts = {"user.id": "'; DROP", "role.id": "{0}", "scope.project.id": "$1"}
    sql, values = compile_query(parse_query(MultiDict(texts | {"include_subtree": ""})), 5)
    assert values == ["'; DROP", "$1", "{0}", 5]
    assert not any(text in sql for text in ("DROP", "{0}"))


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
    shown = render(an_assignment(project_id=None, from_project_id=None), names=False, address="")
    assert shown["scope"] == {"system": {"all": True}}
    assert shown["links"]["assignment"] == "/v3/system/users/u/roles/1"


def test_assignment_to_a_group_is_shown_with_the_group() -> None:
    shown = render(an_assignment(user_id=None, group_id="g", group_name="florists"), names=False, address="")
    assert shown["group"] == {"id": "g"}
    assert "user" not in shown
    assert shown["links"] == {"assignment": "/v3/projects/p/groups/g/roles/1"}


def test_right_of_a_member_leads_to_the_membership_and_to_where_it_was_given() -> None:
    right = an_assignment(group_id="g", from_project_id=None, from_domain_id="d", inherited=True, given_role_id="9")
    shown = render(right, names=False, address="")
    assert shown["user"] == {"id": "u"}
    assert shown["scope"] == {"project": {"id": "p"}, "OS-INHERIT:inherited_to": "projects"}
    assert shown["links"] == {
        "assignment": "/v3/OS-INHERIT/domains/d/groups/g/roles/9/inherited_to_projects",
        "membership": "/v3/groups/g/users/u",
        "prior_role": "/v3/roles/9/implies/1",
    }
