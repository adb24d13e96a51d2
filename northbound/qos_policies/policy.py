"""Who may do what with QoS policies: a project's manager makes them, and whoever may see one may follow it."""

from identity.policy import ADMIN, MANAGER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_policy", MANAGER, "Create a QoS policy."),
    Rule("network:get_policy", SEEN, "Show or list QoS policies that one may see: one's own and shared ones."),
    Rule("network:update_policy", MANAGER, "Change a QoS policy."),
    Rule("network:delete_policy", MANAGER, "Delete a QoS policy that nothing follows."),
    Rule("network:set_policy:shared", ADMIN, "Share a QoS policy with every project."),
]
