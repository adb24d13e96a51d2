"""Rules of domains."""

from identity.policy import ADMIN, SERVICE, Rule

RULES = [
    Rule("identity:list_domains", SERVICE, "List domains."),
    Rule("identity:get_domain", f"{SERVICE} or domain_id:%(domain_id)s", "Show a domain."),
    Rule("identity:create_domain", ADMIN, "Create a domain."),
    Rule("identity:update_domain", ADMIN, "Change a domain."),
    Rule("identity:delete_domain", ADMIN, "Delete a domain."),
]
