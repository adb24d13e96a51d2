"""Rules of services."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_services", ADMIN, "List services of the catalogue."),
    Rule("identity:get_service", ADMIN, "Show a service."),
    Rule("identity:create_service", ADMIN, "Create a service."),
    Rule("identity:update_service", ADMIN, "Change a service."),
    Rule("identity:delete_service", ADMIN, "Delete a service."),
]
