"""Rules of roles."""

from identity.policy import ADMIN, SEES_ALL, Rule

SEES = f"{SEES_ALL} or role:manager"

RULES = [
    Rule("identity:list_roles", SEES, "List roles."),
    Rule("identity:get_role", SEES, "Show a role."),
    Rule("identity:create_role", ADMIN, "Create a role."),
    Rule("identity:update_role", ADMIN, "Change a role."),
    Rule("identity:delete_role", ADMIN, "Delete a role, and every assignment of it."),
    Rule("identity:list_role_inference_rules", SEES_ALL, "List which role implies which."),
    Rule("identity:list_implied_roles", SEES_ALL, "List the roles that a role implies."),
    Rule("identity:get_implied_role", SEES_ALL, "See whether a role implies another."),
    Rule("identity:create_implied_role", ADMIN, "Let whoever has a role have another one too."),
    Rule("identity:delete_implied_role", ADMIN, "Let a role imply another no longer; it ends at once."),
]
