"""Rules of policies and of their associations."""

from identity.policy import ADMIN, Rule

PLACES = {
    "endpoint": "an endpoint",
    "service": "a service",
    "region_and_service": "a service in a region",
}

RULES = [
    Rule("identity:list_policies", ADMIN, "List the policies that are kept for services."),
    Rule("identity:get_policy", ADMIN, "Show a policy."),
    Rule("identity:create_policy", ADMIN, "Keep a policy for services."),
    Rule("identity:update_policy", ADMIN, "Change a policy."),
    Rule("identity:delete_policy", ADMIN, "Delete a policy, and its associations."),
    Rule("identity:list_endpoints_for_policy", ADMIN, "List the endpoints that a policy is for."),
    Rule("identity:get_policy_for_endpoint", ADMIN, "Show the policy that is for an endpoint."),
    *(
        Rule(f"identity:{verb}_policy_association_for_{name}", ADMIN, f"{summary} {place}.")
        for name, place in PLACES.items()
        for verb, summary in (
            ("create", "Associate a policy with"),
            ("check", "See whether a policy is associated with"),
            ("delete", "End the association of a policy with"),
        )
    ),
]
