"""Rules of regions."""

from identity.policy import ADMIN, SERVICE, Rule

RULES = [
    Rule("identity:list_regions", SERVICE, "List regions of the catalogue."),
    Rule("identity:get_region", SERVICE, "Show a region."),
    Rule("identity:create_region", ADMIN, "Create a region."),
    Rule("identity:update_region", ADMIN, "Change a region."),
    Rule("identity:delete_region", ADMIN, "Delete a region."),
]
