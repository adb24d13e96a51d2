"""Rules of identity providers."""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:list_identity_providers", SEES_ALL, "List identity providers."),
    Rule("identity:get_identity_provider", SEES_ALL, "Show an identity provider."),
    Rule("identity:create_identity_provider", ADMIN, "Trust a provider to say who somebody is."),
    Rule("identity:update_identity_provider", ADMIN, "Change an identity provider."),
    Rule("identity:delete_identity_provider", ADMIN, "Delete an identity provider with its users."),
]
