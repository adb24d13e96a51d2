"""Who may do what with listeners."""

from identity.policy import MEMBER, READER, Rule

RULES = [
    Rule("load-balancer:create_listener", MEMBER, "Add a listener to a load balancer."),
    Rule("load-balancer:get_listener", READER, "Show or list listeners."),
    Rule("load-balancer:update_listener", MEMBER, "Change a listener."),
    Rule("load-balancer:delete_listener", MEMBER, "Remove a listener."),
]
