"""Rules of the configuration of domains.

Whoever sets the address of a directory has control processes connect to it, and decides who its users are: that is for
administrators of the whole system, and not for whoever has the role in a project or a domain.
"""

from identity.policy import ADMIN, Rule

SYSTEM_ADMIN = f"{ADMIN} and system_scope:all"

RULES = [
    Rule("identity:get_domain_config", ADMIN, "Show the configuration of a domain, without what is secret."),
    Rule("identity:get_domain_config_default", ADMIN, "Show what holds where a domain says nothing."),
    Rule("identity:create_domain_config", SYSTEM_ADMIN, "Set the configuration of a domain."),
    Rule("identity:update_domain_config", SYSTEM_ADMIN, "Change the configuration of a domain."),
    Rule("identity:delete_domain_config", SYSTEM_ADMIN, "Take the configuration of a domain away."),
]
