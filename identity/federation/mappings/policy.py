"""Rules of mappings."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_mappings", ADMIN, "List mappings."),
    Rule("identity:get_mapping", ADMIN, "Show a mapping."),
    Rule("identity:create_mapping", ADMIN, "Create a mapping, by which users of a provider get rights here."),
    Rule("identity:update_mapping", ADMIN, "Change a mapping; tokens that were made by it end."),
    Rule("identity:delete_mapping", ADMIN, "Delete a mapping; tokens that were made by it end."),
]
