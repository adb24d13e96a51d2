"""Rules of groups."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_groups", ADMIN, "List groups."),
    Rule("identity:get_group", ADMIN, "Show a group."),
    Rule("identity:create_group", ADMIN, "Create a group."),
    Rule("identity:update_group", ADMIN, "Change a group."),
    Rule("identity:delete_group", ADMIN, "Delete a group; what its members held through it ends."),
    Rule("identity:list_groups_for_user", f"{ADMIN} or user_id:%(user_id)s", "List the groups a user is in."),
    Rule("identity:list_users_in_group", ADMIN, "List the members of a group."),
    Rule("identity:check_user_in_group", f"{ADMIN} or user_id:%(user_id)s", "See whether a user is in a group."),
    Rule("identity:add_user_to_group", ADMIN, "Put a user into a group."),
    Rule("identity:remove_user_from_group", ADMIN, "Take a user out; what the user held through the group ends."),
]
