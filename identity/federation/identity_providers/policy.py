"""Rules of identity providers."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_identity_providers", ADMIN, "List identity providers."),
    Rule("identity:get_identity_provider", ADMIN, "Show an identity provider."),
    Rule("identity:create_identity_provider", ADMIN, "Trust a provider to say who somebody is."),
    Rule("identity:update_identity_provider", ADMIN, "Change an identity provider."),
    Rule("identity:delete_identity_provider", ADMIN, "Delete an identity provider with its users."),
]
