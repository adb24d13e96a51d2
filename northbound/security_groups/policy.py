"""Who may do what with security groups."""

from identity.policy import ADMIN, MEMBER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_security_group", MEMBER, "Create a security group."),
    Rule(
        "network:get_security_group", SEEN, "Show or list security groups that one may see: one's own and shared ones."
    ),
    Rule("network:update_security_group", MEMBER, "Change a security group."),
    Rule("network:delete_security_group", MEMBER, "Delete a security group that no port is in."),
    Rule(
        "network:delete_security_group:default",
        ADMIN,
        "Delete the default group of a project, such as one that is no more.",
    ),
]
