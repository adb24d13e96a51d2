"""Who may see and set quotas."""

from identity.policy import READER, Rule

RULES = [
    Rule("network:list_quotas", "role:admin", "List the projects that have limits of their own."),
    Rule("network:get_quota", READER, "See the quotas of one's project."),
    Rule("network:update_quota", "role:admin", "Set the quotas of a project, or put them back to the defaults."),
]
