"""Rules of the configuration of domains.

Whoever sets the address of a directory has control processes connect to it, and decides who its users are: that is for
administrators, who may set the password of every user as it is.
"""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:get_domain_config", SEES_ALL, "Show the configuration of a domain, without what is secret."),
    Rule("identity:get_domain_config_default", SEES_ALL, "Show what holds where a domain says nothing."),
    Rule("identity:create_domain_config", ADMIN, "Set the configuration of a domain."),
    Rule("identity:update_domain_config", ADMIN, "Change the configuration of a domain."),
    Rule("identity:delete_domain_config", ADMIN, "Take the configuration of a domain away."),
]
