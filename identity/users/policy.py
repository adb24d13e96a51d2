"""Rules of users. A domain's manager keeps its users, but those who have rights above a manager's."""

from identity.policy import ADMIN, MANAGED, MANAGES_DOMAIN, SEES_DOMAIN, Rule

KEEPS = f"{ADMIN} or (role:manager and domain_id:%(domain_id)s and {MANAGED})"

RULES = [
    Rule("identity:list_users", SEES_DOMAIN, "List users, of one's domain at least."),
    Rule("identity:get_user", f"{SEES_DOMAIN} or user_id:%(user_id)s", "Show a user."),
    Rule("identity:create_user", MANAGES_DOMAIN, "Create a user."),
    Rule("identity:update_user", KEEPS, "Change a user, the password included."),
    Rule("identity:delete_user", KEEPS, "Delete a user."),
]
