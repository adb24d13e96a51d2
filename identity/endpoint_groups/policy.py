"""Rules of endpoint groups, and of what projects are given of endpoints."""

from identity.policy import ADMIN, SEES_ALL, Rule

RULES = [
    Rule("identity:list_endpoint_groups", SEES_ALL, "List groups of endpoints."),
    Rule("identity:get_endpoint_group", SEES_ALL, "Show a group of endpoints."),
    Rule("identity:create_endpoint_group", ADMIN, "Create a group of endpoints."),
    Rule("identity:update_endpoint_group", ADMIN, "Change a group of endpoints, and the catalogues that show it."),
    Rule("identity:delete_endpoint_group", ADMIN, "Delete a group of endpoints; projects lose it."),
    Rule(
        "identity:list_projects_associated_with_endpoint_group", SEES_ALL, "List the projects that were given a group."
    ),
    Rule("identity:list_endpoints_associated_with_endpoint_group", SEES_ALL, "List the endpoints of a group."),
    Rule("identity:get_endpoint_group_in_project", SEES_ALL, "See whether a project was given a group."),
    Rule("identity:list_endpoint_groups_for_project", SEES_ALL, "List the groups that a project was given."),
    Rule("identity:add_endpoint_group_to_project", ADMIN, "Give a project a group of endpoints."),
    Rule("identity:remove_endpoint_group_from_project", ADMIN, "Take a group of endpoints from a project."),
    Rule("identity:list_projects_for_endpoint", SEES_ALL, "List the projects that were given an endpoint."),
    Rule("identity:list_endpoints_for_project", SEES_ALL, "List the endpoints that a project was given."),
    Rule("identity:check_endpoint_in_project", SEES_ALL, "See whether a project was given an endpoint."),
    Rule("identity:add_endpoint_to_project", ADMIN, "Give a project an endpoint."),
    Rule("identity:remove_endpoint_from_project", ADMIN, "Take an endpoint from a project."),
]
