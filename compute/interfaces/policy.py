"""Who may see and change the network cards of a server."""

from identity.policy import MEMBER, READER, Rule

RULES = [
    Rule("compute:list_interfaces", READER, "List the network cards of a server"),
    Rule("compute:get_interface", READER, "Show a network card of a server"),
    Rule("compute:attach_interface", MEMBER, "Add a network card to a server"),
    Rule("compute:detach_interface", MEMBER, "Take a network card out of a server"),
]
