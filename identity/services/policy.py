"""Rules of services."""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:list_services", SEES_ALL, "List services of the catalogue."),
    Rule("identity:get_service", SEES_ALL, "Show a service."),
    Rule("identity:create_service", ADMIN, "Create a service."),
    Rule("identity:update_service", ADMIN, "Change a service."),
    Rule("identity:delete_service", ADMIN, "Delete a service."),
]
