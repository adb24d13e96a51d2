"""Who may do what with subnet pools."""

from identity.policy import ADMIN, MEMBER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_subnetpool", MEMBER, "Create a subnet pool."),
    Rule("network:get_subnetpool", SEEN, "Show or list subnet pools: one's own and shared ones."),
    Rule("network:update_subnetpool", MEMBER, "Change a subnet pool."),
    Rule("network:delete_subnetpool", MEMBER, "Delete a subnet pool that no subnet was cut from."),
    Rule("network:set_subnetpool:shared", ADMIN, "Share a subnet pool with every project."),
    Rule("network:set_subnetpool:is_default", ADMIN, "Make a subnet pool the default one of its IP version."),
    Rule("network:add_prefixes", MEMBER, "Add prefixes to a subnet pool."),
    Rule("network:remove_prefixes", MEMBER, "Take prefixes away from a subnet pool."),
    Rule("network:onboard_network_subnets", MEMBER, "Bring the subnets of a network into a subnet pool."),
]
