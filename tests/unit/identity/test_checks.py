"""Our plain functions and oslo.policy's own engine give the same verdict on everything."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from oslo_config import cfg
from oslo_policy import policy as oslo

from identity.checks import plain

LEAVES = [
    *("role:admin", "role:Member", "role:%(wanted)s", "rule:other", "rule:absent", "@", "!"),
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
ids = st.sampled_from(["red", "blue", ""])
targets = st.dictionaries(st.sampled_from(["project_id", "owner.id", "shared", "wanted"]), ids | st.booleans())
credentials = st.fixed_dictionaries(
    {"roles": st.lists(st.sampled_from(["admin", "member", "reader"]))},
    optional={"project_id": ids, "user_id": ids, "domain_id": ids},
)


@given(texts, targets, credentials)
def test_verdicts_agree_with_oslo_policy(text: str, target: dict[str, Any], creds: dict[str, Any]) -> None:
    conf = cfg.ConfigOpts()
    conf([], project="meridian", default_config_files=[], default_config_dirs=[])
    enforcer = oslo.Enforcer(conf)
    enforcer.register_default(oslo.RuleDefault("other", "role:reader"))
    enforcer.register_default(oslo.RuleDefault("asked", text))
    enforcer.load_rules()
    expected = bool(enforcer.enforce("asked", dict(target), dict(creds)))
    assert plain(enforcer.rules["asked"], enforcer)(target, creds) == expected
