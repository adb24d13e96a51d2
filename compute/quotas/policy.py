"""Who may see and change quotas."""

from identity.policy import ADMIN, READER, Rule

RULES = [
    Rule("compute:get_quota", READER, "Show a project's compute quota"),
    Rule("compute:get_default_quota", READER, "Show the quota of a project that has none of its own"),
    Rule("compute:update_quota", ADMIN, "Change a project's compute quota"),
    Rule("compute:delete_quota", ADMIN, "Put a project back to the default compute quota"),
    Rule("compute:get_limits", READER, "Show a project's limits and what it uses of them"),
]
