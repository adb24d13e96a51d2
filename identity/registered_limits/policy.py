"""Rules of registered limits."""

from identity.policy import ADMIN, SIGNED_IN, Rule

RULES = [
    Rule("identity:list_registered_limits", SIGNED_IN, "List registered limits."),
    Rule("identity:get_registered_limit", SIGNED_IN, "Show a registered limit."),
    Rule("identity:create_registered_limits", ADMIN, "Register limits."),
    Rule("identity:update_registered_limit", ADMIN, "Change a registered limit that no limit refers to."),
    Rule("identity:delete_registered_limit", ADMIN, "Delete a registered limit that no limit refers to."),
]
