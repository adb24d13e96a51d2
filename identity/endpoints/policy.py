"""Rules of endpoints."""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:list_endpoints", SEES_ALL, "List endpoints of the catalogue."),
    Rule("identity:get_endpoint", SEES_ALL, "Show an endpoint."),
    Rule("identity:create_endpoint", ADMIN, "Create an endpoint."),
    Rule("identity:update_endpoint", ADMIN, "Change an endpoint."),
    Rule("identity:delete_endpoint", ADMIN, "Delete an endpoint."),
]
