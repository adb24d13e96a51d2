"""Rules of tokens. Making one needs no rule: proofs decide."""

from identity.policy import SERVICE, SIGNED_IN, Rule

RULES = [
    Rule("identity:validate_token", f"{SERVICE} or user_id:%(user_id)s", "See what a token says; one's own always."),
    Rule("identity:revoke_token", "role:admin or user_id:%(user_id)s", "End a token before its time."),
    Rule("identity:get_auth_catalog", SIGNED_IN, "See the catalogue of one's own token."),
    Rule("identity:get_auth_projects", SIGNED_IN, "List the projects one can have a token for."),
    Rule("identity:get_auth_domains", SIGNED_IN, "List the domains one can have a token for."),
    Rule("identity:get_auth_system", SIGNED_IN, "See whether one can have a token for the system."),
]
