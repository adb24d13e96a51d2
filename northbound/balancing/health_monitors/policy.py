"""Who may do what with health monitors."""

from identity.policy import MEMBER, READER, Rule

RULES = [
    Rule("load-balancer:create_healthmonitor", MEMBER, "Let the members of a pool be checked."),
    Rule("load-balancer:get_healthmonitor", READER, "Show or list health monitors."),
    Rule("load-balancer:update_healthmonitor", MEMBER, "Change how the members of a pool are checked."),
    Rule("load-balancer:delete_healthmonitor", MEMBER, "Let the members of a pool go unchecked."),
]
