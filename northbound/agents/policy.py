"""Who may do what with agents: administrators, who run the hosts."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("network:get_agent", ADMIN, "Show agents, and see them in their list."),
    Rule("network:get_agents", "role:admin or role:reader", "List agents; who may not see them has an empty list."),
    Rule("network:update_agent", ADMIN, "Describe an agent."),
    Rule("network:delete_agent", ADMIN, "Forget an agent that is down."),
]
