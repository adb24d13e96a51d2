"""Who may do what with the rules of QoS policies: an operator writes them, as the policies themselves."""

from identity.policy import ADMIN, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_policy_rule", ADMIN, "Add a rule to a QoS policy."),
    Rule("network:get_policy_rule", SEEN, "Show or list the rules of QoS policies that one may see."),
    Rule("network:update_policy_rule", ADMIN, "Change a rule of a QoS policy."),
    Rule("network:delete_policy_rule", ADMIN, "Remove a rule of a QoS policy."),
    Rule("network:get_rule_type", SEEN, "See which types of QoS rules there are."),
    Rule("network:get_rule_type:details", ADMIN, "See what a type of QoS rules accepts."),
]
