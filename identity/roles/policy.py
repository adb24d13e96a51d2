"""Rules of roles."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_roles", ADMIN, "List roles."),
    Rule("identity:get_role", ADMIN, "Show a role."),
    Rule("identity:create_role", ADMIN, "Create a role."),
    Rule("identity:update_role", ADMIN, "Change a role."),
    Rule("identity:delete_role", ADMIN, "Delete a role, and every assignment of it."),
]
