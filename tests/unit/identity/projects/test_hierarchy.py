"""What stands above and below a project, as ids in each other."""

import pytest
from multidict import MultiDict

from identity.projects.hierarchy import Relatives, chain_of, parse_relatives, tree_of
from identity.projects.schema import is_tag
from runtime.errors import BadRequest


def project(name: str, parent: str | None) -> dict[str, str | None]:
    return {"id": name, "parent_id": parent, "domain_id": "d"}


A, B, C, D = project("a", None), project("b", "a"), project("c", "b"), project("d2", "b")


def test_chain_leads_to_the_domain() -> None:
    assert chain_of(A, []) == {"d": None}
    assert chain_of(C, [A, B]) == chain_of(C, [B, A]) == {"b": {"a": {"d": None}}}


def test_tree_holds_what_is_seen() -> None:
    assert tree_of("a", [B, C, D]) == {"b": {"c": None, "d2": None}}
    assert tree_of("c", []) is None
    assert tree_of("a", [C, D]) is None


def test_each_side_has_one_form() -> None:
    assert parse_relatives(MultiDict({"parents_as_ids": "", "subtree_as_list": "1"})) == Relatives("ids", "list")
    assert parse_relatives(MultiDict()) == Relatives(None, None)
    with pytest.raises(BadRequest, match="subtree_as_ids"):
        parse_relatives(MultiDict({"subtree_as_ids": "", "subtree_as_list": ""}))


@pytest.mark.parametrize(
    ("text", "good"), [("a", True), ("Été 1", True), ("x" * 255, True), ("x" * 256, False), ("", False), ("a,b", False)]
)
def test_tag_can_be_part_of_a_path_and_of_a_filter(text: str, good: bool) -> None:
    assert is_tag(text) is good
