"""The policy engine: default deny, rows as targets, operators' overrides."""

import asyncio
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from deploy.policy_table import FOREIGN, OWN, PERSONAS
from identity.policy import ADMIN, ANY_SCOPE, MEMBER, READER, SIGNED_IN, Policy, Rule
from runtime.settings import SettingsError
from tests.applications import a_caller

RULES = [
    Rule("a:admin", ADMIN, ""),
    Rule("a:member", MEMBER, ""),
    Rule("a:reader", READER, ""),
    Rule("a:any", SIGNED_IN, ""),
    Rule("a:system", ADMIN, "", scopes=("system",)),
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


def test_rule_in_force_is_that_of_the_file_alone(tmp_path: Path) -> None:
    override = tmp_path / "policy.yaml"
    override.write_text('"own": "role:teacher"\n"a:admin": "rule:own and project_id:%(project_id)s"\n')
    policy = Policy(RULES, override)
    assert policy.allows("a:admin", a_caller("x", "red", "teacher"), {"project_id": "red"})
    assert not policy.allows("a:admin", a_caller("x", "red", "teacher"), {"project_id": "blue"})
    assert set(policy.overridden) == {"own", "a:admin"}


BROKEN = {
    "no yaml": '"a:admin": [',
    "no rules": '- "a:admin"\n',
    "a name that no rule has": '"a:admins": "role:admin"\n',
    "a check that is no text": '"a:admin": true\n',
    "a check that cannot be read": '"a:admin": "role:admin or or"\n',
    "a word that is no check": '"a:admin": "admin"\n',
    "a rule that is not there": '"a:admin": "rule:own"\n',
    "rules in a circle": '"own": "rule:other"\n"other": "rule:own"\n',
    "a credential that no token has": '"a:admin": "tenant:%(project_id)s"\n',
    "a value that no target has": '"a:admin": "project_id:%(tenant_id)s"\n',
    "a check that asks a server": '"a:admin": "http://127.0.0.1/"\n',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_file_stops_the_start_and_is_named(tmp_path: Path, text: str) -> None:
    override = tmp_path / "policy.yaml"
    override.write_text(text)
    with pytest.raises(SettingsError, match=r"policy\.yaml"):
        Policy(RULES, override)


def test_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        Policy(RULES, tmp_path / "policy.yaml")


async def test_changed_file_is_in_force_without_a_restart_and_a_broken_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    override, teacher, said = (
        tmp_path / "policy.yaml",
        a_caller("x", "red", "teacher"),
        structlog.testing.CapturingLogger(),
    )
    monkeypatch.setattr("identity.policy.log", said)
    override.write_text("")
    policy = Policy(RULES, override)
    following = asyncio.create_task(policy.follow(period_s=0.01))

    async def until_logged(words: str) -> None:
        async with asyncio.timeout(10):
            while words not in str(said.calls):
                await asyncio.sleep(0.01)
        said.calls.clear()

    assert not policy.allows("a:admin", teacher, {})
    override.write_text('"a:admin": "role:teacher"\n')
    await until_logged("policy file in force")
    assert policy.allows("a:admin", teacher, {})
    override.write_text('"a:admin": "role:nobody" oh\n')
    await until_logged("policy file refused")
    assert policy.allows("a:admin", teacher, {})
    override.unlink()
    await until_logged("No such file")
    assert policy.allows("a:admin", teacher, {})
    override.write_text("")
    await until_logged("policy file in force")
    assert not policy.allows("a:admin", teacher, {})
    following.cancel()


def test_scope_that_a_rule_does_not_take_passes_for_nobody() -> None:
    policy = Policy(RULES)
    for name, caller in PERSONAS.items():
        if "admin" in caller.roles:
            assert policy.allows("a:system", caller, {}) == name.startswith("system")
            assert policy.allows("a:admin", caller, {}) == name.startswith("project")
    assert "its scope is domain, and it takes system" in policy.refusal("a:system", PERSONAS["domain admin"])


@pytest.mark.parametrize("scope", ANY_SCOPE)
def test_roles_of_a_scope_never_lose_by_having_more(scope: str) -> None:
    """What implies a role passes wherever the role does."""
    policy = Policy(RULES)
    for low, high in (("reader", "member"), ("member", "manager"), ("manager", "admin")):
        pair = [PERSONAS.get(f"{scope} {role}") for role in (low, high)]
        if None not in pair:
            for rule in policy.rules:
                for target in (OWN, FOREIGN):
                    assert policy.allows(rule, pair[0], target) <= policy.allows(rule, pair[1], target)
