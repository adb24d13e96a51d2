"""Rules of regions."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_regions", ADMIN, "List regions of the catalogue."),
    Rule("identity:get_region", ADMIN, "Show a region."),
    Rule("identity:create_region", ADMIN, "Create a region."),
    Rule("identity:update_region", ADMIN, "Change a region."),
    Rule("identity:delete_region", ADMIN, "Delete a region."),
]
