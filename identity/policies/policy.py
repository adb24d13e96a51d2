"""Rules of policies and of their associations."""

from identity.policy import ADMIN, SEES_ALL, Rule

PLACES = {
    "endpoint": "an endpoint",
    "service": "a service",
    "region_and_service": "a service in a region",
}

RULES = [
    Rule("identity:list_policies", SEES_ALL, "List the policies that are kept for services."),
    Rule("identity:get_policy", SEES_ALL, "Show a policy."),
    Rule("identity:create_policy", ADMIN, "Keep a policy for services."),
    Rule("identity:update_policy", ADMIN, "Change a policy."),
    Rule("identity:delete_policy", ADMIN, "Delete a policy, and its associations."),
    Rule("identity:list_endpoints_for_policy", SEES_ALL, "List the endpoints that a policy is for."),
    Rule("identity:get_policy_for_endpoint", SEES_ALL, "Show the policy that is for an endpoint."),
    *(
        Rule(f"identity:{verb}_policy_association_for_{name}", check, f"{summary} {place}.")
        for name, place in PLACES.items()
        for verb, check, summary in (
            ("create", ADMIN, "Associate a policy with"),
            ("check", SEES_ALL, "See whether a policy is associated with"),
            ("delete", ADMIN, "End the association of a policy with"),
        )
    ),
]
