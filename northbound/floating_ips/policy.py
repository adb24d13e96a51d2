"""Who may do what with floating IPs."""

from identity.policy import ADMIN, MEMBER, READER, Rule

RULES = [
    Rule("network:create_floatingip", MEMBER, "Allocate a floating IP."),
    Rule("network:get_floatingip", READER, "Show or list floating IPs."),
    Rule("network:update_floatingip", MEMBER, "Associate, disassociate or describe a floating IP."),
    Rule("network:delete_floatingip", MEMBER, "Give a floating IP back."),
    Rule("network:set_floatingip:floating_ip_address", ADMIN, "Choose the address of a floating IP."),
]
