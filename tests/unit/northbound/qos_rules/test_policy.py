"""Who writes QoS policies and their rules."""

import pytest

from deploy.policy_table import OWN, PERSONAS
from identity.policy import Policy
from northbound.qos_policies.policy import RULES as POLICIES
from northbound.qos_rules.policy import RULES

WRITES = [rule.name for rule in (*POLICIES, *RULES) if ":get_" not in rule.name]


@pytest.mark.parametrize("rule", WRITES)
def test_no_project_lifts_its_own_limits_or_guarantees_itself_bandwidth(rule: str) -> None:
    policy = Policy([*POLICIES, *RULES])
    assert policy.allows(rule, PERSONAS["project admin"], OWN)
    assert not policy.allows(rule, PERSONAS["project manager"], OWN)
