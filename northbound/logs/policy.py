"""Who may do what with logs: an operator makes them, and reads what the hosts write."""

from identity.policy import ADMIN, READER, Rule

RULES = [
    Rule("network:create_log", ADMIN, "Log what security groups let pass or drop."),
    Rule("network:get_log", READER, "Show or list logs."),
    Rule("network:update_log", ADMIN, "Change a log, and switch it on and off."),
    Rule("network:delete_log", ADMIN, "Delete a log."),
]
LOGGABLE = Rule("network:get_loggable_resource", ADMIN, "See what can be logged.")
