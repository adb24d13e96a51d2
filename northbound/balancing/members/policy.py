"""Who may do what with members."""

from identity.policy import MEMBER, READER, Rule

RULES = [
    Rule("load-balancer:create_member", MEMBER, "Add a member to a pool."),
    Rule("load-balancer:get_member", READER, "Show or list the members of a pool."),
    Rule("load-balancer:update_member", MEMBER, "Change a member, or all members of a pool at once."),
    Rule("load-balancer:delete_member", MEMBER, "Take a member out of a pool."),
]
