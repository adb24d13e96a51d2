"""Rules of mappings."""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:list_mappings", SEES_ALL, "List mappings."),
    Rule("identity:get_mapping", SEES_ALL, "Show a mapping."),
    Rule("identity:create_mapping", ADMIN, "Create a mapping, by which users of a provider get rights here."),
    Rule("identity:update_mapping", ADMIN, "Change a mapping; tokens that were made by it end."),
    Rule("identity:delete_mapping", ADMIN, "Delete a mapping; tokens that were made by it end."),
]
