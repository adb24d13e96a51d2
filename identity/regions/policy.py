"""Rules of regions."""

from identity.policy import ADMIN, SIGNED_IN, Rule

RULES = [
    Rule("identity:list_regions", SIGNED_IN, "List regions of the catalogue."),
    Rule("identity:get_region", SIGNED_IN, "Show a region."),
    Rule("identity:create_region", ADMIN, "Create a region."),
    Rule("identity:update_region", ADMIN, "Change a region."),
    Rule("identity:delete_region", ADMIN, "Delete a region."),
]
