"""Rules of role assignments. A domain's manager gives the roles up to its own, within the domain and to its own people."""

from identity.policy import ADMIN, SEES_ALL, Rule

WITHIN_DOMAIN = "domain_id:%(domain_id)s and domain_id:%(actor_domain_id)s"
UP_TO_MANAGER = "('manager':%(role_name)s or 'member':%(role_name)s or 'reader':%(role_name)s)"
GIVES = f"{ADMIN} or (role:manager and {WITHIN_DOMAIN} and {UP_TO_MANAGER})"
SEES = f"{SEES_ALL} or (role:manager and {WITHIN_DOMAIN})"
OWN = f"{SEES_ALL} or user_id:%(user_id)s"

RULES = [
    Rule("identity:list_role_assignments", OWN, "List assignments, of oneself at least."),
    Rule("identity:list_grants", SEES, "List the roles of a user or group on a project, a domain or the system."),
    Rule("identity:check_grant", SEES, "See whether a user or group has a role on a project, a domain or the system."),
    Rule("identity:create_grant", GIVES, "Give a user or group a role on a project, a domain or the system."),
    Rule("identity:revoke_grant", GIVES, "Take a role away; tokens with that scope end at once."),
]
