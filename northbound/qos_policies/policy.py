"""Who may do what with QoS policies: an operator makes them, and whoever may see one may follow it.

A policy of a port replaces that of its network, and a guaranteed bandwidth is taken from a host's own interface: whoever
could write policies would lift an operator's limits, or promise what no host has.
"""

from identity.policy import ADMIN, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_policy", ADMIN, "Create a QoS policy."),
    Rule("network:get_policy", SEEN, "Show or list QoS policies that one may see: one's own and shared ones."),
    Rule("network:update_policy", ADMIN, "Change a QoS policy."),
    Rule("network:delete_policy", ADMIN, "Delete a QoS policy that nothing follows."),
    Rule("network:set_policy:shared", ADMIN, "Share a QoS policy with every project."),
]
