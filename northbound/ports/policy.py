"""Who may do what with ports. On another's network, a tenant's port takes what the network's owner hands out."""

from identity.policy import ADMIN, MEMBER, Rule

NETWORK_OWNER = "role:admin or (role:member and project_id:%(network_project_id)s)"
EITHER_OWNER = f"{MEMBER} or (role:member and project_id:%(network_project_id)s)"
SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_port", MEMBER, "Create a port on a network of one's own or a shared one."),
    Rule("network:get_port", SEEN, "Show or list ports that one may see: one's own, and those on one's own networks."),
    Rule("network:update_port", MEMBER, "Change a port."),
    Rule("network:delete_port", EITHER_OWNER, "Delete a port."),
    Rule("network:set_port:mac_address", NETWORK_OWNER, "Choose a port's MAC address."),
    Rule("network:set_port:ip_address", NETWORK_OWNER, "Choose a port's IP addresses, not only their subnets."),
    Rule("network:set_port:allowed_address_pairs", NETWORK_OWNER, "Let a port use further addresses."),
    Rule("network:set_port:port_security_enabled", NETWORK_OWNER, "Let a port go unfiltered."),
    Rule("network:set_port:trusted_owner", ADMIN, "Make a port the cloud's own (device_owner network:...)."),
    Rule("network:set_port:hints", ADMIN, "Hint to the host how to plug a port."),
    Rule("network:set_port:binding", ADMIN, "Bind a port to a host."),
    Rule("network:get_port:binding", ADMIN, "See where a port is bound."),
]
