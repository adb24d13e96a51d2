"""The policy engine: default deny, rows as targets, operators' overrides."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.policy import ADMIN, MEMBER, READER, SIGNED_IN, Policy, Rule
from tests.applications import a_caller

RULES = [
    Rule("a:admin", ADMIN, ""),
    Rule("a:member", MEMBER, ""),
    Rule("a:reader", READER, ""),
    Rule("a:any", SIGNED_IN, ""),
]


@pytest.mark.parametrize(
    ("rule", "passing"),
    [
        ("a:admin", {"admin"}),
        ("a:member", {"admin", "member"}),
        ("a:reader", {"admin", "member", "reader"}),
        ("a:any", {"admin", "member", "reader", "teacher"}),
        ("a:unknown", set()),
    ],
)
def test_roles_pass_as_their_rule_says(rule: str, passing: set[str]) -> None:
    policy = Policy(RULES)
    for role in ("admin", "member", "reader", "teacher"):
        assert policy.allows(rule, a_caller("x", "red", role), {"project_id": "red"}) == (role in passing)


def test_owner_of_another_project_does_not_pass() -> None:
    assert not Policy(RULES).allows("a:member", a_caller("x", "red"), {"project_id": "blue"})


@given(st.sampled_from([None, "red"]), st.sampled_from([None, "None", "", "red"]))
def test_threat_K17_missing_operand_never_matches(own: str | None, target: str | None) -> None:
    allowed = Policy(RULES).allows("a:member", a_caller("x", own), {"project_id": target})
    assert allowed == (own is not None and own == target)


def test_threat_P2_unregistered_rule_denies_even_administrators() -> None:
    assert not Policy(RULES).allows("a:admins", a_caller("x", "red", "admin"), {})


def test_operator_overrides_a_rule_by_name(tmp_path: Path) -> None:
    override = tmp_path / "policy.yaml"
    override.write_text('"a:admin": "role:teacher"\n')
    policy = Policy(RULES, override)
    assert policy.allows("a:admin", a_caller("x", "red", "teacher"), {})
    assert not policy.allows("a:admin", a_caller("x", "red", "admin"), {})
