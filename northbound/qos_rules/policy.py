"""Who may do what with the rules of QoS policies."""

from identity.policy import ADMIN, MANAGER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_policy_rule", MANAGER, "Add a rule to a QoS policy."),
    Rule("network:get_policy_rule", SEEN, "Show or list the rules of QoS policies that one may see."),
    Rule("network:update_policy_rule", MANAGER, "Change a rule of a QoS policy."),
    Rule("network:delete_policy_rule", MANAGER, "Remove a rule of a QoS policy."),
    Rule("network:get_rule_type", SEEN, "See which types of QoS rules there are."),
    Rule("network:get_rule_type:details", ADMIN, "See what a type of QoS rules accepts."),
]
