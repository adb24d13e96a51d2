"""Roles and what they imply."""

from identity.roles.graph import RoleGraph

NAMES = {"1": "admin", "2": "member", "3": "reader", "4": "teacher"}


def test_role_brings_all_that_it_implies() -> None:
    graph = RoleGraph(NAMES, {"1": ["2"], "2": ["3"]})
    assert graph.names_of(("1",)) == {"admin", "member", "reader"}
    assert graph.names_of(("3", "4")) == {"reader", "teacher"}


def test_roles_that_imply_each_other_end() -> None:
    assert RoleGraph(NAMES, {"2": ["3"], "3": ["2"]}).expand(["2"]) == {"2", "3"}


def test_role_that_no_longer_exists_gives_nothing() -> None:
    assert RoleGraph(NAMES, {"9": ["1"]}).names_of(("9",)) == frozenset()


def test_threat_P2_role_of_one_domain_gives_what_it_implies_and_never_its_own_name() -> None:
    graph = RoleGraph(NAMES, {"1": ["2"], "2": ["3"]}, local=["1"])
    assert graph.names_of(("1",)) == {"member", "reader"}
    assert RoleGraph(NAMES, {}, local=["1"]).names_of(("1",)) == frozenset()
