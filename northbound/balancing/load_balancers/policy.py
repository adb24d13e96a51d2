"""Who may do what with load balancers."""

from identity.policy import MEMBER, READER, Rule

RULES = [
    Rule("load-balancer:create_loadbalancer", MEMBER, "Make a load balancer."),
    Rule("load-balancer:get_loadbalancer", READER, "Show or list load balancers, and the status of all inside one."),
    Rule("load-balancer:update_loadbalancer", MEMBER, "Change a load balancer."),
    Rule("load-balancer:delete_loadbalancer", MEMBER, "Remove a load balancer."),
]
