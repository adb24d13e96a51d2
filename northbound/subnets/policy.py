"""Who may do what with subnets. A subnet belongs to the owner of its network as much as to its own project."""

from identity.policy import Rule

NETWORK_OWNER = "role:admin or (role:member and project_id:%(network_project_id)s)"
OWNER = f"{NETWORK_OWNER} or (role:member and project_id:%(project_id)s)"
SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_subnet", NETWORK_OWNER, "Create a subnet on a network of one's own."),
    Rule(
        "network:get_subnet", SEEN, "Show or list subnets that one may see: one's own, of shared and external networks."
    ),
    Rule("network:update_subnet", OWNER, "Change a subnet."),
    Rule("network:delete_subnet", OWNER, "Delete a subnet that no port uses."),
    Rule("network:set_subnet:service_types", OWNER, "Say which kinds of ports a subnet serves."),
    Rule("network:set_subnet:segment_id", "role:admin", "Tie a subnet to one segment of its network."),
    Rule("network:get_subnet:segment_id", "role:admin", "See which segment of its network a subnet is tied to."),
]
