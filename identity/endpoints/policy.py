"""Rules of endpoints."""

from identity.policy import ADMIN, SERVICE, Rule

RULES = [
    Rule("identity:list_endpoints", SERVICE, "List endpoints of the catalogue."),
    Rule("identity:get_endpoint", SERVICE, "Show an endpoint."),
    Rule("identity:create_endpoint", ADMIN, "Create an endpoint."),
    Rule("identity:update_endpoint", ADMIN, "Change an endpoint."),
    Rule("identity:delete_endpoint", ADMIN, "Delete an endpoint."),
]
