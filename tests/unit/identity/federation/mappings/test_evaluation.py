"""Whom claims describe: rules of the mapping language, and what holds of all of them."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.federation.mappings.evaluation import (
    DomainRef,
    GroupRef,
    Mapped,
    MappedProject,
    MappingRefused,
    evaluate,
    match,
)
from identity.federation.mappings.rules import Remote, Rule

NAME = {"type": "UserName"}
WHO = {"local": [{"user": {"name": "{0}"}}], "remote": [NAME]}
FERN = {"UserName": ["fern"], "Team": ["moss"], "Groups": ["gardeners", "readers"], "Kind": ["Employee"]}


def mapped(rules: list[Any], said: dict[str, list[str]] = FERN, version: str = "1.0") -> Mapped:
    return evaluate(msgspec.convert(rules, list[Rule]), said, version)


def groups_by(requirement: dict[str, Any], said: dict[str, list[str]] = FERN) -> list[str]:
    """The names that a requirement of `Groups` lets through."""
    local = [{"groups": "{0}", "domain": {"id": "d"}}]
    found = mapped([WHO, {"local": local, "remote": [{"type": "Groups", **requirement}]}], said)
    return [group.name for group in found.groups]


def test_values_fill_their_places() -> None:
    user = {"id": "{1}/{0}", "name": "{0} of {1}", "email": "{0}@example.org"}
    found = mapped([{"local": [{"user": user}], "remote": [NAME, {"type": "Team"}]}])
    assert found.user == ("moss/fern", "fern of moss", "fern@example.org", None, False)


def test_conditions_have_no_place_among_the_values() -> None:
    remote = [NAME, {"type": "Kind", "any_one_of": ["Employee"]}, {"type": "Team"}]
    assert mapped([{"local": [{"user": {"name": "{0} {1}"}}], "remote": remote}]).user.name == "fern moss"


@pytest.mark.parametrize(
    ("requirement", "holds"),
    [
        ({"type": "Kind"}, True),
        ({"type": "Kind", "any_one_of": ["Employee", "Guest"]}, True),
        ({"type": "Kind", "any_one_of": ["Guest"]}, False),
        ({"type": "Kind", "any_one_of": []}, False),
        ({"type": "Kind", "not_any_of": ["Guest"]}, True),
        ({"type": "Kind", "not_any_of": ["Employee"]}, False),
        ({"type": "Kind", "not_any_of": []}, True),
        ({"type": "Kind", "any_one_of": ["^Emp"], "regex": True}, True),
        ({"type": "Kind", "any_one_of": ["ploy"], "regex": True}, True),
        ({"type": "Kind", "any_one_of": ["^ploy"], "regex": True}, False),
        ({"type": "Kind", "any_one_of": ["^Emp"]}, False),
        ({"type": "Kind", "not_any_of": ["yee$"], "regex": True}, False),
        ({"type": "Groups", "any_one_of": ["readers"]}, True),
        ({"type": "Groups", "not_any_of": ["readers"]}, False),
        ({"type": "Absent"}, False),
        ({"type": "Absent", "not_any_of": ["x"]}, False),
        ({"type": "Groups", "whitelist": ["nobody"]}, True),
    ],
)
def test_rule_holds_when_its_requirements_do(requirement: dict[str, Any], holds: bool) -> None:
    rule = {"local": [{"user": {"name": "someone"}}], "remote": [NAME, requirement]}
    if holds:
        assert mapped([rule]).user.name == "someone"
    else:
        with pytest.raises(MappingRefused):
            mapped([rule])


@pytest.mark.parametrize(
    ("requirement", "names"),
    [
        ({}, ["gardeners", "readers"]),
        ({"whitelist": ["gardeners", "admins"]}, ["gardeners"]),
        ({"blacklist": ["gardeners"]}, ["readers"]),
        ({"whitelist": ["^g"], "regex": True}, ["gardeners"]),
        ({"blacklist": ["ers$"], "regex": True}, []),
        ({"whitelist": []}, []),
        ({"blacklist": []}, ["gardeners", "readers"]),
    ],
)
def test_lists_filter_values(requirement: dict[str, Any], names: list[str]) -> None:
    assert groups_by(requirement) == names


def test_rules_add_up_and_the_first_user_counts() -> None:
    found = mapped(
        [
            {"local": [{"user": {"name": "first"}, "group": {"id": "g1"}}], "remote": [NAME]},
            {"local": [{"user": {"name": "second"}}, {"group_ids": "['g2', 'g1']"}], "remote": [NAME]},
            {"local": [{"group": {"id": "g3"}}], "remote": [{"type": "Absent"}]},
        ]
    )
    assert found.user.name == "first"
    assert found.group_ids == ("g1", "g2")


def test_groups_are_named_by_id_by_name_and_in_lists() -> None:
    local = [
        {"group": {"name": "{1}", "domain": {"name": "Garden"}}},
        {"groups": ["all", "{0}"], "domain": {"id": "d"}},
        {"group_ids": ["{0}", "fixed"]},
    ]
    found = mapped([WHO, {"local": local, "remote": [NAME, {"type": "Groups"}]}])
    garden, other = DomainRef(name="Garden"), DomainRef(id="d")
    assert found.groups == (
        *(GroupRef(name, garden) for name in ("gardeners", "readers")),
        *(GroupRef(name, other) for name in ("all", "fern")),
    )
    assert found.group_ids == ("fern", "fixed")


def test_projects_of_all_rules_add_up() -> None:
    def project(name: str, *roles: str) -> dict[str, Any]:
        return {"projects": [{"name": name, "roles": [{"name": role} for role in roles]}]}

    rules = [
        WHO,
        {"local": [project("plot of {0}", "member"), project("common", "reader")], "remote": [NAME]},
        {"local": [project("common", "member")], "remote": [NAME]},
    ]
    assert mapped(rules).projects == (
        MappedProject("plot of fern", ("member",), None),
        MappedProject("common", ("member", "reader"), None),
    )


def test_domains_count_in_version_2_alone() -> None:
    local = {
        "user": {"name": "{0}", "domain": {"name": "{1}"}},
        "projects": [{"name": "p", "roles": [{"name": "member"}]}],
        "domain": {"id": "d"},
    }
    rules = [{"local": [local], "remote": [NAME, {"type": "Team"}]}]
    old, new = mapped(rules), mapped(rules, version="2.0")
    assert (old.user.domain, old.projects[0].domain) == (None, None)
    assert (new.user.domain, new.projects[0].domain) == (DomainRef(name="moss"), DomainRef(id="d"))


def test_local_user_is_named_with_a_domain() -> None:
    user = {"name": "{0}", "type": "local", "domain": {"name": "{1}"}}
    found = mapped([{"local": [{"user": user}], "remote": [NAME, {"type": "Team"}]}])
    assert found.user == (None, "fern", None, DomainRef(name="moss"), True)


@pytest.mark.parametrize(("values", "names"), [(["a"], ["os-a"]), (["a", "b", "c"], ["os-a", "os-b"]), (["c"], [])])
def test_text_of_a_group_or_project_stands_for_each_value(values: list[str], names: list[str]) -> None:
    local = {
        "group": {"name": "os-{0}", "domain": {"id": "d"}},
        "group_ids": "os-{0}",
        "projects": [{"name": "os-{0}", "roles": [{"name": "member"}]}],
    }
    rule = {"local": [local], "remote": [{"type": "Groups", "whitelist": ["a", "b"]}]}
    found = mapped([WHO, rule], {"UserName": ["fern"], "Groups": values})
    assert list(found.group_ids) == names
    assert [group.name for group in found.groups] == names
    assert [project.name for project in found.projects] == names


def test_text_with_two_places_stands_for_each_combination() -> None:
    rule = {"local": [{"group_ids": "{1}-{0}"}], "remote": [{"type": "A"}, {"type": "B"}]}
    found = mapped([WHO, rule], {"UserName": ["fern"], "A": ["x", "y"], "B": ["1", "2"]})
    assert set(found.group_ids) == {"1-x", "2-x", "1-y", "2-y"}
    with pytest.raises(MappingRefused, match="64"):
        mapped([WHO, rule], {"UserName": ["fern"], "A": list("abcdefghijk"), "B": list("abcdefghijk")})


@pytest.mark.parametrize("values", [["a", "b"], []])
def test_several_values_are_no_name(values: list[str]) -> None:
    rule = {"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "UserName", "whitelist": ["a", "b"]}]}
    with pytest.raises(MappingRefused, match="one value"):
        mapped([rule], {"UserName": values or ["c"]})


def test_claims_that_no_rule_names_describe_nobody() -> None:
    for rules in ([WHO], [{"local": [{"group": {"id": "g"}}], "remote": [{"type": "Team"}]}]):
        with pytest.raises(MappingRefused):
            mapped(rules, {"Team": ["moss"]})


def test_groups_beyond_the_bound_are_refused() -> None:
    with pytest.raises(MappingRefused, match="64"):
        groups_by({}, {"UserName": ["fern"], "Groups": [f"g{number}" for number in range(65)]})


TEXTS = st.one_of(
    st.sampled_from(["{0}", "{1}", "['admins']", "{0.__class__}", "a;admins", "%(x)s", "\\0", ".*", "x"]),
    st.text(min_size=1, max_size=20),
)
CLAIMS = st.dictionaries(st.sampled_from(["A", "B", "C"]), st.lists(TEXTS, min_size=1, max_size=4))
CONDITIONS = st.one_of(
    st.just({}),
    st.builds(
        lambda name, values: {name: values},
        st.sampled_from(["any_one_of", "not_any_of", "whitelist", "blacklist"]),
        st.lists(TEXTS, max_size=4),
    ),
)
REMOTES = st.lists(
    st.builds(lambda name, condition: Remote(type=name, **condition), st.sampled_from(["A", "B", "C"]), CONDITIONS),
    min_size=1,
    max_size=4,
)


@given(CLAIMS, REMOTES)
def test_match_agrees_with_the_words_of_the_language(said: dict[str, list[str]], remotes: list[Remote]) -> None:
    """Each requirement by itself, as the documentation says it."""

    def holds(remote: Remote) -> bool:
        values = set(said.get(remote.type, ()))
        if not values:
            return False
        if remote.any_one_of is not None:
            return bool(values & set(remote.any_one_of))
        return remote.not_any_of is None or not values & set(remote.not_any_of)

    def kept(remote: Remote) -> list[str]:
        present = said[remote.type]
        if remote.whitelist is not None:
            return [value for value in present if value in set(remote.whitelist)]
        return [value for value in present if value not in set(remote.blacklist or ())]

    wanted: Sequence[Sequence[str]] | None = None
    if all(map(holds, remotes)):
        wanted = [kept(remote) for remote in remotes if remote.any_one_of is None and remote.not_any_of is None]
    found = match(remotes, said)
    assert (None if found is None else [list(values) for values in found]) == wanted


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_threat_K12_values_are_never_read_as_rules(values: list[str]) -> None:
    """What comes out is the very values, in the places that the rules have for them."""
    local = [
        {"groups": "{0}", "domain": {"id": "d"}},
        {"group_ids": "{0}"},
        {"group": {"name": "x-{1}", "domain": {"id": "d"}}},
    ]
    said = {"UserName": ["fern"], "Groups": values, "One": [values[0]]}
    found = mapped([WHO, {"local": local, "remote": [{"type": "Groups"}, {"type": "One"}]}], said)
    unique = tuple(dict.fromkeys(values))
    assert found.group_ids == unique
    assert {group.name for group in found.groups} == {*unique, f"x-{values[0]}"}
    assert found.projects == ()
    assert mapped([WHO], {"UserName": [values[0]]}).user.name == values[0]


@given(CLAIMS, st.lists(REMOTES, max_size=4))
def test_threat_K12_less_said_never_gives_more(said: dict[str, list[str]], requirements: list[list[Remote]]) -> None:
    """Groups are those of rules that hold: a rule taken away takes its own groups alone."""
    rules = [
        Rule(local=msgspec.convert([{"group_ids": [f"g{number}"]}], Rule.__annotations__["local"]), remote=remote)
        for number, remote in enumerate(requirements)
    ]
    who = msgspec.convert({"local": [{"user": {"name": "n"}}], "remote": [{"type": "Always"}]}, Rule)
    whole = evaluate([who, *rules], {**said, "Always": ["x"]}, "1.0")
    assert set(whole.group_ids) == {f"g{n}" for n, remote in enumerate(requirements) if match(remote, said) is not None}
    for left_out in range(len(rules)):
        fewer = evaluate([who, *rules[:left_out], *rules[left_out + 1 :]], {**said, "Always": ["x"]}, "1.0")
        assert set(fewer.group_ids) == set(whole.group_ids) - {f"g{left_out}"}
