"""Who may do what with security group rules: whoever may with their group."""

from identity.policy import MEMBER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_security_group_rule", MEMBER, "Add a rule to a security group."),
    Rule("network:get_security_group_rule", SEEN, "Show or list the rules of security groups that one may see."),
    Rule("network:update_security_group_rule", MEMBER, "Change the description of a security group rule."),
    Rule("network:delete_security_group_rule", MEMBER, "Delete a security group rule."),
]
