"""Who may do what with address scopes."""

from identity.policy import ADMIN, MEMBER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_address_scope", MEMBER, "Create an address scope."),
    Rule("network:get_address_scope", SEEN, "Show or list address scopes: one's own and shared ones."),
    Rule("network:update_address_scope", MEMBER, "Change an address scope."),
    Rule("network:delete_address_scope", MEMBER, "Delete an address scope that no subnet pool is in."),
    Rule("network:set_address_scope:shared", ADMIN, "Share an address scope with every project."),
]
