"""Rules of role assignments."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_role_assignments", f"{ADMIN} or user_id:%(user_id)s", "List assignments, of oneself at least."),
    Rule("identity:list_grants", ADMIN, "List the roles of a user or group on a project, a domain or the system."),
    Rule("identity:check_grant", ADMIN, "See whether a user or group has a role on a project, a domain or the system."),
    Rule("identity:create_grant", ADMIN, "Give a user or group a role on a project, a domain or the system."),
    Rule("identity:revoke_grant", ADMIN, "Take a role away; tokens with that scope end at once."),
]
