"""Who may see what was done to a server."""

from identity.policy import ADMIN, READER, Rule

RULES = [
    Rule("compute:list_instance_actions", READER, "List what was done to a server"),
    Rule("compute:get_instance_action", READER, "Show one action with its events"),
    Rule("compute:get_instance_action:details", ADMIN, "See the hosts and the details of events"),
]
