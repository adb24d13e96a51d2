"""Who may do what with security groups."""

from identity.policy import ADMIN, MEMBER, READER, Rule

RULES = [
    Rule("network:create_security_group", MEMBER, "Create a security group."),
    Rule("network:get_security_group", READER, "Show or list security groups."),
    Rule("network:update_security_group", MEMBER, "Change a security group."),
    Rule("network:delete_security_group", MEMBER, "Delete a security group that no port is in."),
    Rule(
        "network:delete_security_group:default",
        ADMIN,
        "Delete the default group of a project, such as one that is no more.",
    ),
]
