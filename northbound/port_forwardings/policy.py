"""Who may do what with port forwardings: the owner of their floating IP."""

from identity.policy import MEMBER, READER, Rule

RULES = [
    Rule("network:create_floatingip_port_forwarding", MEMBER, "Forward ports of a floating IP."),
    Rule("network:get_floatingip_port_forwarding", READER, "Show or list the port forwardings of a floating IP."),
    Rule("network:update_floatingip_port_forwarding", MEMBER, "Change a port forwarding."),
    Rule("network:delete_floatingip_port_forwarding", MEMBER, "Delete a port forwarding."),
]
