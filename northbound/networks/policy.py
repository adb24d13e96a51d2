"""Who may do what with networks."""

from identity.policy import MEMBER, Rule

SEEN = "role:admin or role:reader"
ADMIN_SETS = "role:admin"

RULES = [
    Rule("network:create_network", MEMBER, "Create a network."),
    Rule("network:get_network", SEEN, "Show or list networks that one may see: one's own, shared and external ones."),
    Rule("network:update_network", MEMBER, "Change a network."),
    Rule("network:delete_network", MEMBER, "Delete a network without ports."),
    Rule("network:set_network:shared", ADMIN_SETS, "Share a network with every project."),
    Rule("network:set_network:external", ADMIN_SETS, "Make a network external: routers may have gateways there."),
    Rule("network:set_network:provider", ADMIN_SETS, "Choose the provider segment under a network."),
    Rule("network:set_network:port_security_enabled", MEMBER, "Set whether new ports are filtered."),
    Rule("network:get_network:provider", ADMIN_SETS, "See the provider segment under a network."),
]
