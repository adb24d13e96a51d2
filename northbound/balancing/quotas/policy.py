"""Who may do what with quotas."""

from identity.policy import ADMIN, READER, Rule

RULES = [
    Rule("load-balancer:get_quota", READER, "See the load balancing quota of one's own project."),
    Rule("load-balancer:get_quotas", ADMIN, "See the load balancing quota of every project that has one of its own."),
    Rule("load-balancer:update_quota", ADMIN, "Change or reset the load balancing quota of a project."),
]
