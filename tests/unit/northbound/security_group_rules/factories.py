"""Rules with readable defaults."""

from typing import Any

from northbound.security_group_rules.plan import RuleView, plan_rule
from northbound.security_group_rules.rule import Rule, checked_rule
from southbound.ovsdb.rows import Row

GROUP = "11111111-1111-4111-8111-111111111111"
OTHER_GROUP = "22222222-2222-4222-8222-222222222222"
ADDRESS_GROUP = "44444444-4444-4444-8444-444444444444"
RULE = "33333333-3333-4333-8333-333333333333"
PROJECT = "a" * 32


def a_rule(**changes: Any) -> Rule:
    """What a tenant's words become: ingress over IPv4 from anywhere unless `changes` say otherwise."""
    words: dict[str, Any] = {
        "rule_id": RULE,
        "security_group_id": GROUP,
        "project_id": PROJECT,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": None,
        "port_range_min": None,
        "port_range_max": None,
        "remote_ip_prefix": None,
        "remote_group_id": None,
        "remote_address_group_id": None,
        "description": "",
    }
    return checked_rule(**{**words, **changes})


def rows_of(*rules: Rule, **beside: Any) -> list[Row]:
    """The rows of the rules, each an owner; `beside` is what their views say besides."""
    return [row for rule in rules for row in plan_rule(RuleView(rule=rule, **beside))]
