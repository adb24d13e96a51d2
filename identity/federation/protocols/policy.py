"""Rules of protocols."""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:list_protocols", SEES_ALL, "List the protocols of an identity provider."),
    Rule("identity:get_protocol", SEES_ALL, "Show a protocol of an identity provider."),
    Rule("identity:create_protocol", ADMIN, "Let users of an identity provider sign in by a mapping."),
    Rule("identity:update_protocol", ADMIN, "Change a protocol; tokens that were made by it end."),
    Rule("identity:delete_protocol", ADMIN, "Delete a protocol with the users who signed in by it."),
]
