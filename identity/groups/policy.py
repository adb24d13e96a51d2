"""Rules of groups. A domain's manager keeps its groups, but those that give rights above a manager's."""

from identity.policy import ADMIN, MANAGED, MANAGES_DOMAIN, SEES_DOMAIN, Rule

KEEPS = f"{ADMIN} or (role:manager and domain_id:%(domain_id)s and {MANAGED})"
FILLS = f"{ADMIN} or (role:manager and domain_id:%(domain_id)s and domain_id:%(group_domain_id)s and {MANAGED})"
SEEN_BY_MEMBER = f"{SEES_DOMAIN} or user_id:%(user_id)s"

RULES = [
    Rule("identity:list_groups", SEES_DOMAIN, "List groups, of one's domain at least."),
    Rule("identity:get_group", SEES_DOMAIN, "Show a group."),
    Rule("identity:create_group", MANAGES_DOMAIN, "Create a group."),
    Rule("identity:update_group", KEEPS, "Change a group."),
    Rule("identity:delete_group", KEEPS, "Delete a group; what its members held through it ends."),
    Rule("identity:list_groups_for_user", SEEN_BY_MEMBER, "List the groups a user is in."),
    Rule("identity:list_users_in_group", SEES_DOMAIN, "List the members of a group."),
    Rule("identity:check_user_in_group", SEEN_BY_MEMBER, "See whether a user is in a group."),
    Rule("identity:add_user_to_group", FILLS, "Put a user into a group."),
    Rule("identity:remove_user_from_group", FILLS, "Take a user out; what the user held through the group ends."),
]
