"""Our plain functions and oslo.policy's own engine give the same verdict on everything."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oslo_config import cfg
from oslo_policy import policy as oslo

from identity.checks import plain
from identity.overrides import parse

LEAVES = [
    *("role:admin", "role:Member", "role:%(wanted)s", "rule:other", "@", "!"),
    *("project_id:%(project_id)s", "user_id:%(owner.id)s", "True:%(shared)s", "'red':%(project_id)s", "domain_id:red"),
]
leaves = st.sampled_from(LEAVES)
texts = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=6,
)
RULES = {"other": parse("role:reader")}
EVERYTHING = {"project_id": "red", "owner.id": "red", "shared": False, "wanted": "reader"}
IDENTIFIED = {"project_id": "blue", "user_id": "red", "domain_id": "red"}
ids = st.sampled_from(["red", "blue", ""])
targets = st.dictionaries(st.sampled_from(["project_id", "owner.id", "shared", "wanted"]), ids | st.booleans())
credentials = st.fixed_dictionaries(
    {"roles": st.lists(st.sampled_from(["admin", "member", "reader"]))},
    optional={"project_id": ids, "user_id": ids, "domain_id": ids},
)


def decided(text: str, target: dict[str, Any], creds: dict[str, Any]) -> tuple[bool, bool]:
    """(ours, oslo.policy's)."""
    conf = cfg.ConfigOpts()
    conf([], project="meridian", default_config_files=[], default_config_dirs=[])
    enforcer = oslo.Enforcer(conf)
    enforcer.register_default(oslo.RuleDefault("other", "role:reader"))
    enforcer.register_default(oslo.RuleDefault("asked", text))
    enforcer.load_rules()
    ours = plain(enforcer.rules["asked"], enforcer.rules)(target, creds) is True
    return ours, bool(enforcer.enforce("asked", dict(target), dict(creds)))


@given(texts, targets, credentials)
def test_verdicts_agree_with_oslo_policy_where_every_operand_is_there(
    text: str, target: dict[str, Any], creds: dict[str, Any]
) -> None:
    ours, theirs = decided(text, EVERYTHING | target, IDENTIFIED | creds)
    assert ours == theirs


@given(texts, targets, credentials)
def test_threat_K17_no_check_passes_because_an_operand_is_missing(
    text: str, target: dict[str, Any], creds: dict[str, Any]
) -> None:
    """Whatever passes with operands missing passes whatever they turn out to be: what is missing decided nothing."""
    if plain(parse(text), RULES)(target, creds) is not True:
        return
    for value in ("red", "blue", "", "reader", "True"):
        whole_target = dict.fromkeys(EVERYTHING, value) | target
        whole_creds = dict.fromkeys(IDENTIFIED, value) | creds
        assert plain(parse(text), RULES)(whole_target, whole_creds) is True


@pytest.mark.parametrize("text", ["project_id:%(project_id)s", "not project_id:%(project_id)s", "role:%(wanted)s"])
def test_threat_K17_comparison_with_either_side_absent_passes_for_nobody(text: str) -> None:
    decide = plain(parse(text), RULES)
    for target, creds in (({}, {"project_id": "red"}), ({"project_id": "red"}, {}), ({}, {})):
        assert decide(target, {"roles": ["reader", "None", ""], **creds}) is not True


def test_check_that_asks_somebody_else_is_not_offered() -> None:
    with pytest.raises(ValueError, match="http"):
        plain(parse("http://127.0.0.1:1/%(project_id)s"), RULES)
