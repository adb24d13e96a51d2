"""Who may see, make and change flavors."""

from identity.policy import ADMIN, SIGNED_IN, Rule

RULES = [
    Rule("compute:list_flavors", SIGNED_IN, "List the flavors that are public or granted to the caller's project"),
    Rule("compute:get_flavor", SIGNED_IN, "Show one of these flavors and its extra specs"),
    Rule("compute:create_flavor", ADMIN, "Create a flavor"),
    Rule("compute:update_flavor", ADMIN, "Change the description and the extra specs of a flavor"),
    Rule("compute:delete_flavor", ADMIN, "Delete a flavor; servers made from it keep their size"),
    Rule("compute:list_flavor_access", ADMIN, "List the projects that may use a private flavor"),
    Rule("compute:update_flavor_access", ADMIN, "Grant or withdraw a private flavor"),
]
