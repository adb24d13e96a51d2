"""Who may do what with pools."""

from identity.policy import MEMBER, READER, Rule

RULES = [
    Rule("load-balancer:create_pool", MEMBER, "Add a pool to a load balancer."),
    Rule("load-balancer:get_pool", READER, "Show or list pools."),
    Rule("load-balancer:update_pool", MEMBER, "Change a pool."),
    Rule("load-balancer:delete_pool", MEMBER, "Remove a pool with its members and health monitor."),
]
