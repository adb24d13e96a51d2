"""Who may do what with default security group rules."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("network:create_default_security_group_rule", ADMIN, "Add a rule that new security groups start with."),
    Rule("network:get_default_security_group_rule", "role:admin or role:reader", "See what new groups start with."),
    Rule("network:update_default_security_group_rule", ADMIN, "Describe a rule that new security groups start with."),
    Rule("network:delete_default_security_group_rule", ADMIN, "Remove a rule that new security groups start with."),
]
