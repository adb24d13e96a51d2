"""Rules of users."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_users", ADMIN, "List users."),
    Rule("identity:get_user", f"{ADMIN} or user_id:%(user_id)s", "Show a user."),
    Rule("identity:create_user", ADMIN, "Create a user."),
    Rule("identity:update_user", ADMIN, "Change a user, the password included."),
    Rule("identity:delete_user", ADMIN, "Delete a user."),
    Rule("identity:change_password", f"{ADMIN} or user_id:%(user_id)s", "Change a password, knowing the old one."),
]
