"""Rules of endpoints."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_endpoints", ADMIN, "List endpoints of the catalogue."),
    Rule("identity:get_endpoint", ADMIN, "Show an endpoint."),
    Rule("identity:create_endpoint", ADMIN, "Create an endpoint."),
    Rule("identity:update_endpoint", ADMIN, "Change an endpoint."),
    Rule("identity:delete_endpoint", ADMIN, "Delete an endpoint."),
]
