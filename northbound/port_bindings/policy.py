"""Who may do what with bindings of ports: those who place servers."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("network:get_port_binding", ADMIN, "See the bindings of a port."),
    Rule("network:create_port_binding", ADMIN, "Prepare a port on a further host."),
    Rule("network:update_port_binding", ADMIN, "Change a binding of a port."),
    Rule("network:delete_port_binding", ADMIN, "End a binding of a port."),
    Rule("network:activate_port_binding", ADMIN, "Make a host the one that a port is on."),
]
