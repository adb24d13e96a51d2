"""Rules of domains."""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:list_domains", SEES_ALL, "List domains."),
    Rule(
        "identity:get_domain",
        f"{SEES_ALL} or domain_id:%(domain_id)s or project_domain_id:%(domain_id)s",
        "Show a domain; that of one's own scope always.",
    ),
    Rule("identity:create_domain", ADMIN, "Create a domain."),
    Rule("identity:update_domain", ADMIN, "Change a domain."),
    Rule("identity:delete_domain", ADMIN, "Delete a domain."),
]
